import AWSCredentials
import Testing

@testable import KafkaClient

/// `sasl.*` keys and the options of every login module.
@Suite struct LoginPropertiesTests {
    private func login(_ mechanism: String, _ jaas: String?, _ more: String = "", files: [String: String] = [:]) throws(KafkaError)
        -> SaslLogin?
    {
        let text = "security.protocol=SASL_SSL\nsasl.mechanism=\(mechanism)\n\(more)\n" + (jaas.map { "sasl.jaas.config=\($0)" } ?? "")
        return try ClientProperties(Array(text.utf8)) { (path) throws(KafkaError) in
            guard let content = files[path] else { throw .configuration("the file \(path) cannot be read", "Check the path.") }
            return Array(content.utf8)
        }.configuration.security.sasl
    }

    private static let oauth = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required"
    private static let url = "sasl.oauthbearer.token.endpoint.url=https://id.example/token"

    private func endpoint(_ jaas: String?, _ more: String, files: [String: String] = [:]) throws -> TokenEndpoint? {
        guard case .bearer(let login) = try login("OAUTHBEARER", jaas, more, files: files), case .endpoint(let endpoint) = login.source
        else {
            return nil
        }
        return endpoint
    }

    @Test func ofSeveralLoginModulesTheFirstThatFitsCounts() throws {
        let jaas =
            #"a.b.Other optional; x.ScramLoginModule sufficient username='it\'s' password="a;b=\"\\c\101"; x.ScramLoginModule required username=n password=n;"#
        let escaped = jaas.replacing("\\", with: "\\\\")
        #expect(
            try login("SCRAM-SHA-256", escaped)
                == .password(SaslCredentials(mechanism: .scramSHA256, username: "it's", password: Secret("a;b=\"\\cA"))))
    }

    @Test func clientCredentialsComeFromTheLoginModuleOrFromKeysWhichGoFirst() throws {
        let jaas =
            #"\#(Self.oauth) clientId="id" clientSecret="hunter2" scope="a b" extension_logicalCluster="lkc-1" ssl.truststore.type=PEM ssl.truststore.location="/ca";"#
        let more =
            Self.url
            + "\nsasl.login.connect.timeout.ms=1\nsasl.login.read.timeout.ms=2\nsasl.login.retry.backoff.ms=3\nsasl.login.retry.backoff.max.ms=4"
        var wanted = TokenEndpoint(url: "https://id.example/token", clientID: "id", clientSecret: Secret("hunter2"), scope: "a b")
        wanted.authorities = Secret("CA")
        (wanted.connectTimeout, wanted.readTimeout) = (.milliseconds(1), .milliseconds(2))
        (wanted.retryBackoff, wanted.retryBackoffMax) = (.milliseconds(3), .milliseconds(4))
        #expect(
            try login("OAUTHBEARER", jaas, more, files: ["/ca": "CA"])
                == .bearer(BearerLogin(.endpoint(wanted), extensions: ["logicalCluster": "lkc-1"])))
        let keys =
            "sasl.oauthbearer.client.credentials.client.id=k\nsasl.oauthbearer.client.credentials.client.secret=s\n"
            + "sasl.oauthbearer.scope=c\nsasl.oauthbearer.header.urlencode=true\n"
        let fromKeys = try endpoint("\(Self.oauth);", keys + Self.url)
        #expect(fromKeys?.clientID == "k" && fromKeys?.clientSecret == Secret("s") && fromKeys?.scope == "c")
        #expect(fromKeys?.encodesHeader == true && fromKeys?.connectTimeout == .seconds(10))
        #expect(try endpoint(nil, keys + Self.url) == fromKeys)
    }

    @Test func aTokenMayStandInTheFileInAnotherOrBeUnsecured() throws {
        #expect(try login("OAUTHBEARER", "\(Self.oauth) token=\"abc\";") == .bearer(BearerLogin(.fixed(Secret("abc")))))
        for url in ["file:///run/token", "file:/run/token"] {
            #expect(
                try login("OAUTHBEARER", nil, "sasl.oauthbearer.token.endpoint.url=\(url)") == .bearer(BearerLogin(.file("/run/token"))))
        }
        var claims = UnsecuredClaims()
        claims.texts = ["sub": "alice"]
        claims.numbers = ["n": 1.5]
        claims.lists = ["scope": ["a", "b"]]
        claims.lifetime = 60
        let jaas =
            #"\#(Self.oauth) unsecuredLoginStringClaim_sub="alice" unsecuredLoginNumberClaim_n="1.5" unsecuredLoginListClaim_scope=",a,b" "#
            + #"unsecuredLoginLifetimeSeconds=60 unsecuredLoginExtension_traceId="1";"#
        #expect(try login("OAUTHBEARER", jaas) == .bearer(BearerLogin(.unsecured(claims), extensions: ["traceId": "1"])))
    }

    @Test func awsIsTakenWithItsProfileAndRoleAndAsOAuthVariant() throws {
        let module = "software.amazon.msk.auth.iam.IAMLoginModule required"
        #expect(try login("AWS_MSK_IAM", "\(module);") == .awsIAM(AWSLogin()))
        let role = AWSRole(arn: "arn:x", sessionName: "s", externalID: "e", region: "eu-west-1")
        let jaas =
            "\(module) awsProfileName=ops awsRoleArn=\"arn:x\" awsRoleSessionName=s awsRoleExternalId=e awsStsRegion=eu-west-1 awsDebugCreds=true;"
        #expect(try login("AWS_MSK_IAM", jaas) == .awsIAM(AWSLogin(AWSCredentialChoice(profile: "ops", role: role))))
        let handler = "sasl.login.callback.handler.class=software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler"
        #expect(
            try login("OAUTHBEARER", "\(Self.oauth) awsProfileName=\"ops\";", handler)
                == .bearer(BearerLogin(.aws(AWSLogin(AWSCredentialChoice(profile: "ops"))))))
    }

    @Test(
        arguments: [
            ("GSSAPI", "com.sun.security.auth.module.Krb5LoginModule required;", "", "SCRAM-SHA-512"),
            ("MAGIC", nil, "", "OAUTHBEARER"),
            ("AWS_MSK_IAM", "x.IAMLoginModule required awsRoleAccessKeyId=A;", "", "awsRoleArn"),
            ("AWS_MSK_IAM", "x.PlainLoginModule required;", "", "IAMLoginModule"),
            ("OAUTHBEARER", "x.OAuthBearerLoginModule required clientId=a;", url, "clientSecret"),
            ("OAUTHBEARER", "x.OAuthBearerLoginModule required;", "sasl.oauthbearer.token.endpoint.url=ldap://x", "https://"),
            ("OAUTHBEARER", "x.OAuthBearerLoginModule required;", "sasl.oauthbearer.token.endpoint.url=https://u:hunter2@x/", "clientId"),
            ("OAUTHBEARER", "x.OAuthBearerLoginModule required;", "sasl.oauthbearer.token.endpoint.url=file://host", "file:///"),
            ("OAUTHBEARER", nil, "sasl.oauthbearer.assertion.private.key.file=/k\n" + url, "client id"),
            ("OAUTHBEARER", nil, "sasl.oauthbearer.jwt.retriever.class=a.b.JwtBearerJwtRetriever\n" + url, "token files"),
            ("OAUTHBEARER", nil, "sasl.login.callback.handler.class=com.acme.Magic\n" + url, "endpoint.url"),
            ("OAUTHBEARER", "x.OAuthBearerLoginModule required unsecuredLoginStringClaim_x=a;", "", "unsecuredLoginStringClaim_sub"),
            ("OAUTHBEARER", "x.OAuthBearerLoginModule required unsecuredLoginNumberClaim_x=hunter2;", "", "unsecuredLoginNumberClaim_x"),
            ("OAUTHBEARER", "x.OAuthBearerLoginModule required token=t extension_auth=b;", "", "auth"),
            ("OAUTHBEARER", "x.OAuthBearerLoginModule required token=t extension_a1=b;", "", "letters"),
            ("PLAIN", "x.PlainLoginModule required username=u password='hunter2", "", "PlainLoginModule"),
            ("PLAIN", "x.PlainLoginModule required username=u password=hunter2; rubbish", "", "PlainLoginModule"),
            ("PLAIN", "x.PlainLoginModule required username=u;", "", "PASSWORD"),
        ] as [(String, String?, String, String)])
    func whatCannotBeUsedIsAnErrorWithARemedy(mechanism: String, jaas: String?, more: String, remedy: String) {
        #expect { try login(mechanism, jaas, more) } throws: { error in
            guard let error = error as? KafkaError else { return false }
            return error.code == .configuration && error.hint.contains(remedy) && !error.description.contains("hunter2")
        }
    }

    @Test func kerberosIsRefusedHonestlyWhetherNamedOrByDefault() {
        for text in ["security.protocol=SASL_SSL\nsasl.mechanism=GSSAPI", "security.protocol=SASL_SSL"] {
            #expect { try ClientProperties(Array(text.utf8)) } throws: {
                ($0 as? KafkaError).map { $0.cause.contains("GSSAPI") && $0.cause.contains("not supported") && $0.hint.contains("SCRAM") }
                    ?? false
            }
        }
    }

    @Test func aTokenEndpointWithoutTLSIsAWarning() throws {
        let text =
            "security.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\n\(Self.url.replacing("https", with: "http"))\nsasl.jaas.config=\(Self.oauth) clientId=a clientSecret=hunter2;"
        let warnings = try ClientProperties(Array(text.utf8)).warnings
        #expect(warnings.count == 1 && warnings[0].contains("in the clear") && !warnings[0].contains("hunter2"))
    }
}
