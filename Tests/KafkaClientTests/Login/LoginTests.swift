import AWSCredentials
import Bytes
import Host
import KafkaSimulator
import LoopbackServer
import NIOConcurrencyHelpers
import Seams
import Testing

@testable import KafkaClient

/// OAUTHBEARER and AWS_MSK_IAM on real sockets, against the simulated cluster.
@Suite struct LoginTests {
    private func connect(
        as login: SaslLogin, simulated change: (inout SimulatorConfiguration) -> Void, environment: [String: String] = [:],
        host: String = "127.0.0.1", file: @escaping @Sendable (String) -> [UInt8]? = { _ in nil }
    ) async throws {
        var simulated = SimulatorConfiguration()
        simulated.brokerIDs = [1]
        simulated.advertisedHost = host
        change(&simulated)
        try await SimulatedCluster.withCluster(simulated, time: HostTime(), chance: HostChance()) { cluster async throws in
            var configuration = ClientConfiguration(bootstrap: [BrokerAddress(host: host, port: try #require(cluster.port(of: 1)))])
            configuration.security.sasl = login
            configuration.connectAttempts = 1
            configuration.surroundings.environment = Environment(environment)
            configuration.surroundings.file = file
            try await TestCluster.withClient(configuration) { client async throws in
                let brokers = try await client.currentBrokers()
                #expect(brokers == [1])
            }
        }
    }

    private func failure(_ body: () async throws -> Void) async -> KafkaError? {
        do {
            try await body()
            Issue.record("nothing failed")
            return nil
        } catch {
            return error as? KafkaError
        }
    }

    private static func unsecured(_ user: String = "alice") -> UnsecuredClaims {
        var claims = UnsecuredClaims()
        claims.texts = ["sub": user]
        return claims
    }

    @Test func anUnsecuredTokenIsAcceptedWhereTheBrokersTakeThem() async throws {
        try await connect(as: .bearer(BearerLogin(.unsecured(Self.unsecured()), extensions: ["traceId": "7"]))) {
            $0.acceptsUnsecuredTokens = true
        }
    }

    @Test func aTokenOfAnEndpointIsAccepted() async throws {
        let token = UnsecuredToken.make(Self.unsecured(), at: HostTime().now()).revealed
        try await LoopbackServer.run({ _, _ in .init(200, #"{"access_token":"\#(token)","expires_in":3600}"#) }) { server async throws in
            let endpoint = TokenEndpoint(url: server.url, clientID: "i", clientSecret: Secret("s"))
            try await connect(as: .bearer(BearerLogin(.endpoint(endpoint)))) { $0.acceptsUnsecuredTokens = true }
            // One token for the bootstrap connection and the broker's own.
            #expect(server.requests.count == 1)
        }
    }

    @Test func aTokenThatTheBrokerDoesNotTakeIsRefusedInWords() async throws {
        let signed = "eyJhbGciOiJSUzI1NiJ9.\(Base64URL.encode(Array(#"{"sub":"hunter2","exp":99999999999}"#.utf8))).c2ln"
        let error = await failure {
            try await connect(as: .bearer(BearerLogin(.fixed(Secret(signed))))) { $0.acceptsUnsecuredTokens = true }
        }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("refuses the token: invalid_token") == true)
        #expect(error?.hint.contains("audience") == true)
        #expect(error.map { "\($0)".contains(signed) } == false)
    }

    /// Signed by nobody that the brokers know.
    private static func foreign(_ number: Int) -> String {
        let claims = #"{"sub":"alice","exp":99999999999,"jti":"\#(number)"}"#
        return "eyJhbGciOiJSUzI1NiJ9.\(Base64URL.encode(Array(claims.utf8))).c2ln"
    }

    @Test func aTokenThatIsRefusedIsFetchedAnewOnce() async throws {
        let good = UnsecuredToken.make(Self.unsecured(), at: HostTime().now()).revealed
        try await LoopbackServer.run({ _, before in
            .init(200, #"{"access_token":"\#(before == 0 ? Self.foreign(0) : good)","expires_in":3600}"#)
        }) { server async throws in
            let endpoint = TokenEndpoint(url: server.url, clientID: "i", clientSecret: Secret("s"))
            try await connect(as: .bearer(BearerLogin(.endpoint(endpoint)))) { $0.acceptsUnsecuredTokens = true }
            #expect(server.requests.count == 2)
        }
    }

    @Test func tokensThatAreAllRefusedAreFetchedTwiceAndNoMore() async throws {
        try await LoopbackServer.run({ _, before in
            .init(200, #"{"access_token":"\#(Self.foreign(before))","expires_in":3600}"#)
        }) { server async throws in
            let endpoint = TokenEndpoint(url: server.url, clientID: "i", clientSecret: Secret("s"))
            let error = await failure {
                try await connect(as: .bearer(BearerLogin(.endpoint(endpoint)))) { $0.acceptsUnsecuredTokens = true }
            }
            #expect(error?.code == .authenticationFailed && error?.message.contains("refuses the token") == true)
            #expect(server.requests.count == 2)
        }
    }

    @Test(.timeLimit(.minutes(3))) func aCallEndsInTimeThoughTheTokenEndpointHangs() async throws {
        try await LoopbackServer.run({ _, _ in .silence }) { server async throws in
            var endpoint = TokenEndpoint(url: server.url, clientID: "i", clientSecret: Secret("s"))
            endpoint.readTimeout = .seconds(3600)
            var configuration = ClientConfiguration(bootstrap: [BrokerAddress(host: "127.0.0.1", port: 1)])
            configuration.security.sasl = .bearer(BearerLogin(.endpoint(endpoint)))
            configuration.apiTimeout = .seconds(1)
            try await TestCluster.withClient(configuration) { client async throws in
                // Those who wait for another's fetch have deadlines of their own.
                try await withThrowingTaskGroup(of: KafkaError?.self) { group in
                    for _ in 0..<4 { group.addTask { await self.failure { _ = try await client.currentBrokers() } } }
                    for try await error in group { #expect(error?.code == .timedOut && error?.outcome == .notSent) }
                }
                // Cancelling is heard as well.
                let cancelled = await withTaskGroup(of: KafkaError?.self) { group in
                    group.cancelAll()
                    group.addTask { await self.failure { _ = try await client.currentBrokers() } }
                    return await group.next() ?? nil
                }
                #expect(cancelled?.code == .cancelled)
            }
        }
    }

    @Test func keysThatWereRewrittenInASharedFileAreReadAgainAfterARefusal() async throws {
        let reads = NIOLockedValueBox(0)
        func run(_ secrets: [String]) async throws {
            reads.withLockedValue { $0 = 0 }
            try await connect(
                as: .awsIAM(AWSLogin()),
                simulated: { $0.awsKeys = [SimulatedAWSKey(accessKeyID: "AKID", secretAccessKey: "new", user: "arn:alice")] },
                environment: ["AWS_REGION": "eu-west-1", "AWS_SHARED_CREDENTIALS_FILE": "/c", "AWS_CONFIG_FILE": "/none"],
                file: { path in
                    guard path == "/c" else { return nil }
                    let read = reads.withLockedValue { reads in
                        defer { reads += 1 }
                        return reads
                    }
                    let secret = secrets[min(read, secrets.count - 1)]
                    return Array("[default]\naws_access_key_id = AKID\naws_secret_access_key = \(secret)\n".utf8)
                })
        }
        try await run(["new"])
        // Read when it is first asked for, and whether there is a default profile.
        let once = reads.withLockedValue { $0 }
        try await run(Array(repeating: "old", count: once) + ["new"])
        #expect(reads.withLockedValue { $0 } == 2 * once)
        let error = await failure { try await run(["old"]) }
        #expect(error?.message.contains("Access denied") == true)
        #expect(reads.withLockedValue { $0 } == 2 * once)
    }

    @Test func anEndpointThatFailsIsTheErrorOfTheCall() async throws {
        try await LoopbackServer.run({ _, _ in .init(400, #"{"error":"invalid_scope"}"#) }) { server async throws in
            let endpoint = TokenEndpoint(url: server.url, clientID: "i", clientSecret: Secret("hunter2"), scope: "x")
            let error = await failure {
                try await connect(as: .bearer(BearerLogin(.endpoint(endpoint)))) { $0.acceptsUnsecuredTokens = true }
            }
            #expect(error?.code == .authenticationFailed && error?.message.contains("invalid_scope") == true)
            #expect(error.map { "\($0)".contains("hunter2") } == false)
        }
    }

    private static let variables = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "s/e+c=ret", "AWS_REGION": "eu-west-1"]

    @Test(arguments: [nil, "to/k+en=="]) func aSignatureWithTheRightKeyIsAccepted(token: String?) async throws {
        var variables = Self.variables
        variables["AWS_SESSION_TOKEN"] = token
        try await connect(
            as: .awsIAM(AWSLogin()),
            simulated: {
                $0.awsKeys = [SimulatedAWSKey(accessKeyID: "AKID", secretAccessKey: "s/e+c=ret", sessionToken: token, user: "arn:alice")]
            }, environment: variables, host: "localhost")
    }

    @Test(arguments: [("AKID", "wrong"), ("OTHER", "s/e+c=ret")])
    func aSignatureWithAnotherKeyIsRefusedWithoutTheSecret(id: String, secret: String) async throws {
        let error = await failure {
            try await connect(
                as: .awsIAM(AWSLogin()),
                simulated: { $0.awsKeys = [SimulatedAWSKey(accessKeyID: id, secretAccessKey: secret, user: "arn:alice")] },
                environment: Self.variables)
        }
        #expect(error?.code == .authenticationFailed)
        #expect(error?.message.contains("Access denied") == true && error?.hint.contains("kafka-cluster:Connect") == true)
        #expect(error.map { "\($0)".contains("s/e+c=ret") } == false)
    }

    @Test func aRegionThatNobodySaysIsAnErrorAndSoAreMissingKeys() async throws {
        let here = ["AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "x"]
        let key = SimulatedAWSKey(accessKeyID: "AKID", secretAccessKey: "x", user: "u")
        let region = await failure { try await connect(as: .awsIAM(AWSLogin()), simulated: { $0.awsKeys = [key] }, environment: here) }
        #expect(region?.hint.contains("AWS_REGION") == true)
        let nowhere = ["AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true"]
        let keys = await failure { try await connect(as: .awsIAM(AWSLogin()), simulated: { $0.awsKeys = [key] }, environment: nowhere) }
        #expect(keys?.code == .authenticationFailed && keys?.message.contains("no credentials of AWS") == true)
    }

    @Test func theRegionOfTheProfileCountsWhereNobodyElseTellsOne() async throws {
        let key = SimulatedAWSKey(accessKeyID: "AKID", secretAccessKey: "x", user: "u")
        let profiles =
            "[default]\nregion = eu-north-1\n[profile ops]\nregion = us-west-2\naws_access_key_id = AKID\naws_secret_access_key = x\n"
        let here = ["HOME": "/home", "AWS_EC2_METADATA_DISABLED": "true"]
        func run(_ login: AWSLogin, _ environment: [String: String], _ files: String) async throws {
            try await connect(
                as: .awsIAM(login), simulated: { $0.awsKeys = [key] }, environment: here.merging(environment) { $1 },
                file: { $0 == "/home/.aws/config" ? Array(files.utf8) : nil })
        }
        try await run(AWSLogin(AWSCredentialChoice(profile: "ops")), [:], profiles)
        try await run(AWSLogin(), ["AWS_PROFILE": "ops"], profiles)
        let without = profiles.replacing("region", with: "#region")
        let error = await failure { try await run(AWSLogin(), ["AWS_PROFILE": "ops"], without) }
        #expect(error?.message.contains("region of 127.0.0.1 is not known") == true && error?.hint.contains("the profile") == true)
    }

    @Test func aMechanismThatIsNotOfferedIsNamedWithThoseThatAre() async throws {
        let error = await failure {
            try await connect(as: .awsIAM(AWSLogin()), simulated: { $0.acceptsUnsecuredTokens = true }, environment: Self.variables)
        }
        #expect(error?.hint.contains("OAUTHBEARER") == true)
    }
}
