import Bytes
import Cryptography
import Host
import KafkaProtocol
import Seams
import Testing

@testable import KafkaSimulator

@Suite("SASL on a listener that asks for it", .timeLimit(.minutes(2)))
struct SaslTests {
    static var configuration: SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        configuration.users = [SimulatedUser(name: "alice", password: "alice-secret")]
        return configuration
    }

    static func handshake(_ mechanism: ByteString) -> SaslHandshakeRequest {
        var request = SaslHandshakeRequest()
        request.mechanism = mechanism
        return request
    }

    static func token(_ text: String) -> SaslAuthenticateRequest {
        var request = SaslAuthenticateRequest()
        request.authBytes = Blob(Array(text.utf8))
        return request
    }

    @Test("Nothing but the way in is served before a user has proved who it is")
    func closedBefore() async throws {
        try await SocketTests.withCluster(Self.configuration) { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                _ = try await client.ask(ApiVersionsRequest(), version: 3)
                try await client.send(MetadataRequest.all, version: 12)
                await #expect(throws: WireClient.Closed.self) { _ = try await client.receive() }
            }
        }
    }

    @Test("PLAIN: the right password opens, a wrong one is error 58 and the end")
    func plain() async throws {
        try await SocketTests.withCluster(Self.configuration) { cluster in
            let port = try #require(cluster.port(of: 1))
            try await WireClient.connect(port: port) { client in
                let chosen = try await client.ask(Self.handshake("PLAIN"), version: 1)
                #expect(chosen.errorCode == .none)
                let opened = try await client.ask(Self.token("\0alice\0alice-secret"), version: 2)
                #expect(opened.errorCode == .none)
                let metadata = try await client.ask(MetadataRequest.all, version: 12)
                #expect(metadata.brokers.count == 1)
            }
            try await WireClient.connect(port: port) { client in
                _ = try await client.ask(Self.handshake("PLAIN"), version: 1)
                let refused = try await client.ask(Self.token("\0alice\0wrong"), version: 2)
                #expect(refused.errorCode == .saslAuthenticationFailed)
                #expect(refused.errorMessage == "Authentication failed: Invalid username or password")
                await #expect(throws: (any Error).self) { _ = try await client.ask(MetadataRequest.all, version: 12) }
            }
        }
    }

    @Test("SCRAM: both sides prove that they know; a wrong proof fails in the broker's words", arguments: [HashFunction.sha256, .sha512])
    func scram(function: HashFunction) async throws {
        let mechanism: ByteString = function == .sha256 ? "SCRAM-SHA-256" : "SCRAM-SHA-512"
        try await SocketTests.withCluster(Self.configuration) { cluster in
            for password in ["alice-secret", "wrong"] {
                try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                    let chosen = try await client.ask(Self.handshake(mechanism), version: 1)
                    #expect(chosen.errorCode == .none)
                    let first = try await client.ask(Self.token("n,,n=alice,r=abc"), version: 2)
                    let serverFirst = String(decoding: first.authBytes.bytes, as: UTF8.self)
                    let parts = serverFirst.split(separator: ",").map { $0.dropFirst(2) }
                    #expect(parts[0].hasPrefix("abc"))
                    #expect(parts[2] == "4096")
                    let salt = try #require(Base64.decode(parts[1]))
                    let keys = ScramKeys(function: function, password: ByteString(password), salt: salt, iterations: 4096)
                    let bare = "c=biws,r=\(parts[0])"
                    let message = Array("n=alice,r=abc,\(serverFirst),\(bare)".utf8)
                    let proof = Base64.encode(keys.clientProof(authMessage: message))
                    let last = try await client.ask(Self.token("\(bare),p=\(proof)"), version: 2)
                    if password == "wrong" {
                        #expect(last.errorCode == .saslAuthenticationFailed)
                        let words =
                            "Authentication failed during authentication due to invalid credentials with SASL mechanism \(mechanism)"
                        #expect(last.errorMessage?.description == words)
                    } else {
                        let signature = Base64.encode(keys.serverSignature(authMessage: message))
                        #expect(last.authBytes.bytes == Array("v=\(signature)".utf8))
                        let metadata = try await client.ask(MetadataRequest.all, version: 12)
                        #expect(metadata.brokers.count == 1)
                    }
                }
            }
        }
    }

    @Test("After a handshake of version 0 the tokens come without a header")
    func rawTokens() async throws {
        try await SocketTests.withCluster(Self.configuration) { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                _ = try await client.ask(Self.handshake("PLAIN"), version: 0)
                try await client.send(Array("\0alice\0alice-secret".utf8))
                let empty = try await client.receive()
                #expect(empty == [])
                let metadata = try await client.ask(MetadataRequest.all, version: 12)
                #expect(metadata.brokers.count == 1)
            }
        }
    }

    @Test("DescribeUserScramCredentials: mechanisms and iterations, an unknown user is error 91")
    func credentials() throws {
        var configuration = Self.configuration
        configuration.users = [SimulatedUser(name: "alice", password: "x", iterations: 8192)]
        var stage = BrokerStage(configuration)
        var request = DescribeUserScramCredentialsRequest()
        request.users = [ByteString("alice"), "nobody"].map { name in
            var user = DescribeUserScramCredentialsRequest.UserName()
            user.name = name
            return user
        }
        let answer = try stage.call(DescribeUserScramCredentialsHandler.self, request)
        #expect(answer.results[0].credentialInfos.map(\.mechanism) == [2, 1])
        #expect(answer.results[0].credentialInfos.map(\.iterations) == [8192, 8192])
        #expect(answer.results[1].errorCode == .resourceNotFound)
        #expect(
            answer.results[1].errorMessage?.description == "Attempt to describe a user credential that does not exist: nobody")
    }

    // As Kafka 4.1.2 answered.
    @Test("DescribeUserScramCredentials: an empty list asks for all, as null does")
    func allCredentials() throws {
        var configuration = Self.configuration
        configuration.users = ["alice", "bob"].map { SimulatedUser(name: $0, password: "x") }
        var stage = BrokerStage(configuration)
        for users in [nil, [DescribeUserScramCredentialsRequest.UserName]()] {
            var request = DescribeUserScramCredentialsRequest()
            request.users = users
            let answer = try stage.call(DescribeUserScramCredentialsHandler.self, request)
            #expect(answer.results.map(\.user) == ["alice", "bob"] && answer.results.allSatisfy { $0.errorCode == .none })
        }
    }
}
