import Bytes
import Host
import KafkaProtocol
import KafkaSimulator
import Logging
import NIOPosix
import Seams
import Testing
import Waiting

@testable import KafkaClient

/// Sessions that brokers end (KIP-368), on real sockets. The simulated brokers close a connection that is used beyond its session.
@Suite struct SessionTests {
    private static let logins: [SaslLogin] = [
        .password(SaslCredentials(mechanism: .plain, username: "alice", password: Secret("right"))),
        .password(SaslCredentials(mechanism: .scramSHA512, username: "alice", password: Secret("right"))),
        .bearer(BearerLogin(.unsecured(claims))),
    ]

    private static var claims: UnsecuredClaims {
        var claims = UnsecuredClaims()
        claims.texts = ["sub": "alice"]
        return claims
    }

    private static func simulated(session: Int) -> SimulatorConfiguration {
        var simulated = SimulatorConfiguration()
        simulated.brokerIDs = [1]
        simulated.users = [SimulatedUser(name: "alice", password: "right")]
        simulated.acceptsUnsecuredTokens = true
        simulated.brokerProperties = ["connections.max.reauth.ms": "\(session)"]
        return simulated
    }

    /// Draws the lowest of every range: sessions are renewed as early as can be, the same each time.
    private struct LowChance: ChanceSource {
        func bytes(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
    }

    /// The brokers' clock goes at half the speed, so that a slow machine has seconds for what the client does in time.
    private struct SlowTime: TimeSource {
        func now() -> Timestamp { HostTime().now() }
        func uptime() -> Duration { HostTime().uptime() / 2 }
        func sleep(for duration: Duration) async throws { try await HostTime().sleep(for: duration) }
    }

    private func withClient(
        of cluster: SimulatedCluster, as login: SaslLogin, _ body: (KafkaClient) async throws -> Void
    ) async throws {
        var configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "test"))
        configuration.security.sasl = login
        try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: LowChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), body: body)
    }

    @Test(arguments: logins) func callsGoOnOverSeveralSessionsOnTheSameConnection(login: SaslLogin) async throws {
        try await SimulatedCluster.withCluster(Self.simulated(session: 4000), time: SlowTime(), chance: HostChance()) {
            cluster async throws in
            try await withClient(of: cluster, as: login) { client async throws in
                _ = try await client.currentBrokers()
                let connections = client.statistics.connectionsOpened
                let before = cluster.callCounts[.saslHandshake] ?? 0
                // Several callers at once, so that answers are under way when the session nears its end.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 {
                        group.addTask {
                            try await until("the session was renewed twice") {
                                _ = try await client.currentBrokers()
                                return (cluster.callCounts[.saslHandshake] ?? 0) >= before + 2
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(client.statistics.connectionsOpened == connections)
            }
        }
    }

    @Test func aSessionThatEndedWhileNobodyCalledIsRenewedAtTheNextCall() async throws {
        try await SimulatedCluster.withCluster(Self.simulated(session: 4000), time: HostTime(), chance: HostChance()) {
            cluster async throws in
            try await withClient(of: cluster, as: Self.logins[1]) { client async throws in
                _ = try await client.currentBrokers()
                let connections = client.statistics.connectionsOpened
                // Time is what ends a session.
                try await HostTime().sleep(for: .milliseconds(4500))
                _ = try await client.currentBrokers()
                #expect(client.statistics.connectionsOpened == connections)
                #expect(client.statistics.retries == 0)
            }
        }
    }
}
