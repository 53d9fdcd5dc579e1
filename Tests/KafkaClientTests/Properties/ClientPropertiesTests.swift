import Bytes
import Testing

@testable import KafkaClient

@Suite struct ClientPropertiesTests {
    private func read(_ text: String, files: [String: String] = [:], bootstrap: [BrokerAddress] = []) throws(KafkaError) -> ClientProperties
    {
        try ClientProperties(Array(text.utf8), bootstrap: bootstrap) { (path) throws(KafkaError) in
            guard let content = files[path] else { throw .configuration("the file \(path) cannot be read", "Check the path.") }
            return Array(content.utf8)
        }
    }

    private static let scram =
        #"sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="u" password="hunter2";"#

    @Test func anEmptyFileMeansKafkasDefaults() throws {
        let properties = try read("", bootstrap: [BrokerAddress(host: "a", port: 1)])
        #expect(properties.configuration.bootstrap == [BrokerAddress(host: "a", port: 1)])
        #expect(properties.configuration.security == .plaintext)
        #expect(properties.warnings == [])
    }

    @Test func everyKeyThatIsUsedArrives() throws {
        let configuration = try read(
            """
            bootstrap.servers = a:1, [::1]:2 ,SASL_SSL://c:3
            client.id = me
            request.timeout.ms = 1000
            default.api.timeout.ms = 2000
            retry.backoff.ms = 3
            retry.backoff.max.ms = 4
            connections.max.idle.ms = 5000
            socket.connection.setup.timeout.ms = 6000
            security.protocol = sasl_ssl
            sasl.mechanism = SCRAM-SHA-512
            ssl.truststore.type = PEM
            ssl.truststore.location = /ca
            ssl.keystore.type = PEM
            ssl.keystore.location = /me
            ssl.key.password = sesame
            ssl.enabled.protocols = TLSv1.3
            ssl.endpoint.identification.algorithm =
            \(Self.scram)
            """, files: ["/ca": "CA", "/me": "ME"]
        ).configuration
        #expect(configuration.bootstrap.map(\.description) == ["a:1", "[::1]:2", "c:3"])
        #expect(configuration.clientID == "me")
        #expect(configuration.requestTimeout == .seconds(1))
        #expect(configuration.apiTimeout == .seconds(2))
        #expect(configuration.retryBackoff == .milliseconds(3))
        #expect(configuration.retryBackoffMax == .milliseconds(4))
        #expect(configuration.connectionsMaxIdle == .seconds(5))
        #expect(configuration.connectTimeout == .seconds(6))
        let sasl = try #require(configuration.security.sasl)
        #expect(sasl == .password(SaslCredentials(mechanism: .scramSHA512, username: "u", password: Secret("hunter2"))))
        let tls = try #require(configuration.security.tls)
        #expect(tls.trustedCertificates == Secret("CA"))
        #expect(tls.certificateChain == Secret("ME"))
        #expect(tls.privateKey == Secret("ME"))
        #expect(tls.privateKeyPassword == Secret("sesame"))
        #expect(tls.versions == [.v13])
        #expect(!tls.verifiesHostname)
    }

    @Test func certificatesMayStandInTheFileItself() throws {
        let text =
            "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.certificates=CA\n"
            + "ssl.keystore.type=PEM\nssl.keystore.key=K\nssl.keystore.certificate.chain=C"
        let tls = try #require(try read(text).configuration.security.tls)
        #expect(tls.trustedCertificates == Secret("CA"))
        #expect(tls.privateKey == Secret("K"))
        #expect(tls.certificateChain == Secret("C"))
        #expect(tls.verifiesHostname)
        #expect(tls.versions == [.v12, .v13])
    }

    /// What explains an error must not be lost by it.
    @Test(arguments: [
        ("security.protocol=SASL_SSL\nsasl.mechanims=PLAIN", "line 2", "did you mean sasl.mechanism?"),
        ("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.cofig=x", "line 3", "did you mean sasl.jaas.config?"),
        ("secruity.protocol=SSL\nssl.truststore.location=${env:NOWHERE}", "line 1", "did you mean security.protocol?"),
    ]) func warningsComeBeforeTheErrorThatFollows(text: String, line: String, words: String) {
        var warnings: [String] = []
        #expect(throws: KafkaError.self) { try ClientProperties(Array(text.utf8), warn: { warnings.append($0) }) }
        #expect(warnings.count == 1 && warnings[0].contains(line) && warnings[0].contains(words), "\(warnings)")
    }

    @Test func warningsAreToldOnce() throws {
        var told: [String] = []
        let text =
            "foo=1\nsecurity.protocol=SASL_PLAINTEXT\nsasl.mechanism=OAUTHBEARER\nsasl.oauthbearer.token.endpoint.url=http://x/\n"
            + "sasl.jaas.config=x.OAuthBearerLoginModule required clientId=a clientSecret=b;"
        let properties = try ClientProperties(Array(text.utf8), warn: { told.append($0) })
        #expect(told.count == 2 && told == properties.warnings)
    }

    @Test func bytesBeyondASCIIAreAWarningWithoutTheText() throws {
        let text =
            "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=PLAIN\n"
            + "sasl.jaas.config=x.PlainLoginModule required username=\"u\" password=\"päss\";"
        let properties = try read(text)
        #expect(properties.warnings.count == 1)
        let warning = properties.warnings.first ?? ""
        #expect(warning.contains("line 3") && warning.contains("ISO 8859-1") && warning.contains("\\uXXXX") && !warning.contains("ss\""))
        // The same as Kafka's tools send.
        #expect(
            properties.configuration.security.sasl
                == .password(SaslCredentials(mechanism: .plain, username: "u", password: Secret("pÃ¤ss"))))
        let marked = try ClientProperties([0xEF, 0xBB, 0xBF] + Array(text.utf8))
        #expect(marked.warnings == [])
        #expect(
            marked.configuration.security.sasl == .password(SaslCredentials(mechanism: .plain, username: "u", password: Secret("päss"))))
    }

    @Test func anUnknownKeyIsAWarningThatNamesItAndTheKeyThatWasMeant() throws {
        let warnings = try read("group.id=x\nreqest.timeout.ms=1\nfoo=bar").warnings
        #expect(warnings.count == 2)
        #expect(
            warnings[0].contains("line 2") && warnings[0].contains("reqest.timeout.ms")
                && warnings[0].contains("did you mean request.timeout.ms?"))
        #expect(warnings[1].contains("foo") && !warnings[1].contains("did you mean") && !warnings[1].contains("bar"))
    }

    @Test func whatStandsBehindTheFilesOwnLinesIsNotWarnedOf() throws {
        let text = "foo=1\nbar=2\n\n\nbaz=3\n"
        func warnings(of lines: Int) throws -> Int { try ClientProperties(Array(text.utf8), warningsOf: lines).warnings.count }
        #expect(try warnings(of: 0) == 0)
        #expect(try warnings(of: 1) == 1)
        #expect(try warnings(of: 4) == 2)
        #expect(try warnings(of: .max) == 3)
    }

    @Test func namesAreKnownNearOneThatIsOrNone() {
        #expect(PropertyName("sasl.jaas.config") == .known && PropertyName("config.providers.x.class") == .known)
        #expect(PropertyName("ssl.provider") == .unapplied && PropertyName("ssl.providr") == .unknown(nearest: "ssl.provider"))
        #expect(PropertyName("security.protocl") == .unknown(nearest: "security.protocol"))
        #expect(PropertyName("foo") == .unknown(nearest: nil) && PropertyName("p@ss word") == PropertyName.none)
    }

    @Test(arguments: [
        "sasl.jaas.config=x.PlainLoginModule required username=\"u\"\npassword=\"PWLEAK1\";",
        "sasl.jaas.config=x.PlainLoginModule required username=\"u\" password=\n\"PWLEAK1\";",
        "sasl.jaas.config=x.PlainLoginModule required username=\"u\" password=\nPWLEAK1\nPWLEAK2;", "PWLEAK1\";", "\"PWLEAK1\"",
        "p@PWLEAK1=x", "PWLEAK1", "PWLEAK1=", "PWLEAK1==",
    ]) func aBrokenLineIsNamedByItsNumberAlone(text: String) throws {
        let warnings = try read(text).warnings
        #expect(warnings.first?.contains("line ") == true)
        #expect(!warnings.contains { $0.contains("PWLEAK1") }, "\(warnings)")
    }

    @Test(arguments: [
        "PWLEAK1 required username=u password=p;", "x.PWLEAK1 required;", "a.PWLEAK1\"LoginModule required;",
    ]) func whatStandsInALoginModulesPlaceIsNotTold(value: String) {
        #expect { try read("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\nsasl.jaas.config=\(value)") } throws: {
            ($0 as? KafkaError)?.code == .configuration && !"\($0)".contains("PWLEAK1")
        }
    }

    @Test(arguments: ["ssl.cipher.suites", "ssl.provider", "ssl.engine.factory.class", "security.providers", "sasl.login.class"])
    func whatRestrictsAndIsNotAppliedIsAWarning(key: String) throws {
        let warnings = try read("\n\(key)=X").warnings
        #expect(warnings.count == 1 && warnings[0].contains("line 2: \(key) is not applied"))
        #expect(try read("\(key)=").warnings == [])
    }

    @Test func keysOfOAuthAreKnownOneByOne() throws {
        #expect(try read("sasl.oauthbearer.expected.audience=x\nsasl.oauthbearer.jwks.endpoint.url=x").warnings == [])
        let warnings = try read("sasl.oauthbearer.scpoe=x").warnings
        #expect(warnings.count == 1 && warnings[0].contains("did you mean sasl.oauthbearer.scope?"))
    }

    @Test(arguments: [
        ("security.protocol=SLL", "SASL_SSL"),
        ("request.timeout.ms=soon", "number"),
        ("bootstrap.servers=kafka", "HOST:PORT"),
        ("bootstrap.servers=kafka:70000", "HOST:PORT"),
        ("security.protocol=SASL_SSL", "SCRAM-SHA-512"),
        ("security.protocol=SASL_SSL\nsasl.mechanism=GSSAPI", "SCRAM-SHA-512"),
        ("security.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER", "sasl.oauthbearer.token.endpoint.url"),
        ("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN", "PlainLoginModule"),
        ("security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n" + Self.scram, "agree"),
        ("security.protocol=SASL_SSL\nsasl.mechanism=SCRAM-SHA-256\nsasl.jaas.config=S required;", "ScramLoginModule"),
        ("security.protocol=SSL\nssl.truststore.location=/x.jks\nssl.truststore.password=hunter2", "path"),
        ("security.protocol=SSL\nssl.truststore.type=BKS\nssl.truststore.location=/x.bks", "PKCS12"),
        ("security.protocol=SSL\nssl.truststore.certificates=CA", "ssl.truststore.type=PEM"),
        ("security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=/missing", "path"),
        ("security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.key=K", "both"),
        ("security.protocol=SSL\nssl.enabled.protocols=SSLv3", "TLSv1.3"),
        ("security.protocol=SSL\nssl.endpoint.identification.algorithm=http", "https"),
        ("a=\\u1", "backslash"),
    ])
    func whatCannotBeUsedIsAnErrorWithARemedy(text: String, remedy: String) {
        #expect { try read(text) } throws: { error in
            guard let error = error as? KafkaError else { return false }
            return error.code == .configuration && error.hint.contains(remedy) && !error.description.contains("hunter2")
        }
    }

    @Test func noSecretIsInAnyDescription() throws {
        let properties = try read("security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-256\n" + Self.scram)
        var dumped = ""
        dump(properties, to: &dumped)
        for text in ["\(properties)", String(reflecting: properties), dumped] { #expect(!text.contains("hunter2")) }
        guard case .password(let credentials) = properties.configuration.security.sasl else { return #expect(Bool(false)) }
        let exchange = SaslExchange(.password(credentials, nonce: "n"))
        #expect("\(exchange)".contains("[redacted]"))
        #expect(!"\(exchange)".contains("hunter2"))
    }

    @Test func knownKeysAreEitherUsedOrIrrelevant() {
        #expect(KnownKeys.used.isDisjoint(with: KnownKeys.irrelevant))
        #expect(KnownKeys.unapplied.isDisjoint(with: KnownKeys.irrelevant.union(KnownKeys.used)))
    }
}
