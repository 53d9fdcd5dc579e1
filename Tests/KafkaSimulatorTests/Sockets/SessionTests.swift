import Bytes
import Host
import KafkaProtocol
import Seams
import NIOConcurrencyHelpers
import Testing

@testable import KafkaSimulator

@Suite("Sessions and tokens", .timeLimit(.minutes(2)))
struct SessionTests {
    private static var configuration: SimulatorConfiguration {
        var configuration = SaslTests.configuration
        configuration.users?.append(SimulatedUser(name: "bob", password: "bob-secret"))
        configuration.acceptsUnsecuredTokens = true
        configuration.brokerProperties = ["connections.max.reauth.ms": "1500"]
        return configuration
    }

    /// A clock that stands until a test moves it.
    final class TestTime: TimeSource {
        private let passed = NIOLockedValueBox(Duration.zero)
        func now() -> Timestamp { HostTime().now() }
        func uptime() -> Duration { passed.withLockedValue { $0 } }
        func sleep(for duration: Duration) async throws { try await HostTime().sleep(for: duration) }
        func pass(_ duration: Duration) { passed.withLockedValue { $0 += duration } }
    }

    private func run(_ body: @Sendable (inout WireClient.Conversation, TestTime) async throws -> Void) async throws {
        let time = TestTime()
        try await SimulatedCluster.withCluster(Self.configuration, time: time, chance: HostChance()) { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                let chosen = try await client.ask(SaslTests.handshake("PLAIN"), version: 1)
                #expect(chosen.mechanisms.map { "\($0)" } == ["PLAIN", "SCRAM-SHA-512", "SCRAM-SHA-256", "OAUTHBEARER"])
                let opened = try await client.ask(SaslTests.token("\0alice\0alice-secret"), version: 2)
                #expect(opened.errorCode == .none)
                #expect(opened.sessionLifetimeMs == 1500)
                try await body(&client, time)
            }
        }
    }

    @Test("A connection is closed when it is used beyond its session")
    func ends() async throws {
        try await run { client, time in
            _ = try await client.ask(MetadataRequest.all, version: 12)
            time.pass(.milliseconds(1600))
            try await client.send(MetadataRequest.all, version: 12)
            await #expect(throws: WireClient.Closed.self) { _ = try await client.receive() }
        }
    }

    @Test("A session that is over is renewed by the same user, and by no other; within a second it is not renewed at all")
    func renewal() async throws {
        try await run { client, time in
            let early = try await client.ask(SaslTests.handshake("PLAIN"), version: 1)
            #expect(early.errorCode == .illegalSaslState)
            time.pass(.milliseconds(1600))
            _ = try await client.ask(SaslTests.handshake("PLAIN"), version: 1)
            let again = try await client.ask(SaslTests.token("\0alice\0alice-secret"), version: 2)
            #expect(again.errorCode == .none && again.sessionLifetimeMs == 1500)
            _ = try await client.ask(MetadataRequest.all, version: 12)
            time.pass(.milliseconds(1100))
            _ = try await client.ask(SaslTests.handshake("PLAIN"), version: 1)
            let other = try await client.ask(SaslTests.token("\0bob\0bob-secret"), version: 2)
            #expect(other.errorCode == .saslAuthenticationFailed)
            #expect(other.errorMessage == "Cannot change principals during re-authentication from User.alice: User.bob")
            await #expect(throws: (any Error).self) { _ = try await client.ask(MetadataRequest.all, version: 12) }
        }
    }

    @Test("The mechanism may not change either")
    func mechanism() async throws {
        try await run { client, time in
            time.pass(.milliseconds(1100))
            _ = try await client.ask(SaslTests.handshake("SCRAM-SHA-512"), version: 1)
            let refused = try await client.ask(SaslTests.token("n,,n=alice,r=abc"), version: 2)
            #expect(refused.errorCode == .saslAuthenticationFailed)
            #expect(refused.errorMessage == "Cannot change mechanisms during re-authentication from 'PLAIN' to 'SCRAM-SHA-512'")
        }
    }

    @Test("A refused bearer token is told in JSON first, and fails when that is acknowledged")
    func refusedToken() async throws {
        var configuration = Self.configuration
        configuration.users = nil
        try await SocketTests.withCluster(configuration) { cluster in
            try await WireClient.connect(port: try #require(cluster.port(of: 1))) { client in
                _ = try await client.ask(SaslTests.handshake("OAUTHBEARER"), version: 1)
                let said = try await client.ask(SaslTests.token("n,,\u{1}auth=Bearer abc\u{1}\u{1}"), version: 2)
                #expect(said.errorCode == .none)
                #expect(String(decoding: said.authBytes.bytes, as: UTF8.self) == #"{"status":"invalid_token"}"#)
                let failed = try await client.ask(SaslTests.token("\u{1}"), version: 2)
                #expect(failed.errorCode == .saslAuthenticationFailed)
                #expect(failed.errorMessage == #"{"status":"invalid_token"}"#)
            }
        }
    }
}
