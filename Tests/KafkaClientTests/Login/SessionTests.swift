import Bytes
import Host
import KafkaProtocol
import KafkaSimulator
import Logging
import NIOConcurrencyHelpers
import NIOPosix
import Seams
import Testing

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

    /// Goes as the machine's clock does, and jumps where a test says so.
    private final class JumpingTime: TimeSource {
        private let ahead = NIOLockedValueBox(Duration.zero)
        func now() -> Timestamp { HostTime().now().advanced(by: ahead.withLockedValue { $0 }) }
        func uptime() -> Duration { HostTime().uptime() + ahead.withLockedValue { $0 } }
        func sleep(for duration: Duration) async throws { try await HostTime().sleep(for: duration) }
        func pass(_ duration: Duration) { ahead.withLockedValue { $0 += duration } }
    }

    private static let hour = 3_600_000

    private func run(
        _ login: SaslLogin, session: Int = hour, file: @escaping @Sendable (String) -> [UInt8]? = { _ in nil },
        _ body: @escaping @Sendable (KafkaClient, SimulatedCluster, JumpingTime) async throws -> Void
    ) async throws {
        let time = JumpingTime()
        try await SimulatedCluster.withCluster(Self.simulated(session: session), time: time, chance: HostChance()) {
            cluster async throws in
            var configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "test"))
            configuration.security.sasl = login
            configuration.surroundings.file = file
            try await KafkaClient.withClient(
                configuration, time: time, chance: LowChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            ) { client async throws in
                // The first call learns of the broker, the second one goes there.
                for _ in 0..<2 { _ = try await client.currentBrokers() }
                try await body(client, cluster, time)
            }
        }
    }

    @Test(arguments: logins) func callsGoOnOverSeveralSessionsOnTheSameConnection(login: SaslLogin) async throws {
        try await run(login) { client, cluster, time async throws in
            let connections = client.statistics.connectionsOpened
            for _ in 0..<3 {
                let before = cluster.callCounts[.saslHandshake] ?? 0
                time.pass(.seconds(3200))
                // Several callers at once: one renews, the others wait for it.
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<4 { group.addTask { _ = try await client.currentBrokers() } }
                    try await group.waitForAll()
                }
                #expect((cluster.callCounts[.saslHandshake] ?? 0) - before == 1)
            }
            #expect(client.statistics.connectionsOpened == connections)
            #expect(client.statistics.retries == 0)
        }
    }

    @Test func aSessionThatEndedWhileNobodyCalledIsRenewedAtTheNextCall() async throws {
        try await run(Self.logins[1]) { client, _, time async throws in
            let connections = client.statistics.connectionsOpened
            time.pass(.seconds(3700))
            _ = try await client.currentBrokers()
            #expect(client.statistics.connectionsOpened == connections)
            #expect(client.statistics.retries == 0)
        }
    }

    private final class TokenFile: Sendable {
        let text = NIOLockedValueBox<String?>(nil)
        let reads = NIOLockedValueBox(0)
        @Sendable func read(_: String) -> [UInt8]? {
            reads.withLockedValue { $0 += 1 }
            return text.withLockedValue { $0 }.map { Array($0.utf8) }
        }
    }

    @Test func aTokenThatCannotBeHadIsNoTroubleBeforeTheSessionIsOver() async throws {
        var claims = Self.claims
        claims.lifetime = 1_000_000
        let (claimed, file) = (claims, TokenFile())
        file.text.withLockedValue { $0 = UnsecuredToken.make(claimed, at: HostTime().now()).revealed }
        try await run(.bearer(BearerLogin(.file("/token"))), file: file.read) { client, cluster, time async throws in
            let connections = client.statistics.connectionsOpened
            let handshakes = cluster.callCounts[.saslHandshake]
            file.text.withLockedValue { $0 = nil }
            time.pass(.seconds(3200))
            let before = file.reads.withLockedValue { $0 }
            for _ in 0..<5 { _ = try await client.currentBrokers() }
            // Looked for once, then not for a while.
            #expect(file.reads.withLockedValue { $0 } - before == 1)
            time.pass(.seconds(60))
            _ = try await client.currentBrokers()
            #expect(file.reads.withLockedValue { $0 } - before == 2)
            #expect(cluster.callCounts[.saslHandshake] == handshakes)
            // Now it is over, and the reason is the call's.
            time.pass(.seconds(300))
            await #expect {
                _ = try await client.currentBrokers()
            } throws: { error in
                guard let error = error as? KafkaError else { return false }
                return error.code == .authenticationFailed && error.cause.contains("there is no token file") && error.outcome == .notSent
            }
            // It is found again in the end, on the same connection.
            file.text.withLockedValue { $0 = UnsecuredToken.make(claimed, at: HostTime().now()).revealed }
            _ = try await client.currentBrokers()
            #expect(client.statistics.connectionsOpened == connections)
        }
    }

    /// Brokers take one authentication a second and connection: a session that ends sooner goes on on another connection.
    @Test(arguments: logins) func aSessionShorterThanBrokersRenewItGoesOnOnAnotherConnection(login: SaslLogin) async throws {
        try await run(login, session: 900) { client, _, time async throws in
            for _ in 0..<3 {
                let connections = client.statistics.connectionsOpened
                time.pass(.milliseconds(800))
                #expect(try await client.currentBrokers() == [1])
                #expect(client.statistics.connectionsOpened > connections)
            }
        }
    }
}
