import Bytes
import Host
import KafkaProtocol
import KafkaSimulator
import Logging
import NIOPosix
import Seams
import Testing

@testable import KafkaClient

/// How a cluster is reached where connections end in the middle of TLS or of a login, and where some of the bootstrap servers are of no use.
@Suite struct FirstContactTests {
    private static let secret = "hunter2"

    private func simulated(tls: SimulatedTLS? = nil, users: Bool = true, brokers: [Int32] = [1]) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = brokers
        configuration.tls = tls
        configuration.users = users ? [SimulatedUser(name: "ali", password: Self.secret)] : nil
        return configuration
    }

    private static let tls = SimulatedTLS(certificatePEM: TestCertificates.server, privateKeyPEM: TestCertificates.serverKey)
    /// Of the same authority, for another host.
    private static let elsewhere = SimulatedTLS(certificatePEM: TestCertificates.elsewhere, privateKeyPEM: TestCertificates.elsewhereKey)

    private func configuration(
        _ bootstrap: [BrokerAddress], tls: Bool = false, as mechanism: SaslCredentials.Mechanism? = .plain, password: String = secret
    ) -> ClientConfiguration {
        var configuration = ClientConfiguration(bootstrap: bootstrap)
        configuration.retryBackoff = .milliseconds(1)
        configuration.retryBackoffMax = .milliseconds(5)
        if tls {
            var settings = TLS()
            settings.trustedCertificates = Secret(TestCertificates.authority)
            configuration.security.tls = settings
        }
        configuration.security.sasl = mechanism.map {
            .password(SaslCredentials(mechanism: $0, username: "ali", password: Secret(password)))
        }
        return configuration
    }

    /// The brokers that are found, or why none is. `seed`: who is asked first.
    private func contact(_ configuration: ClientConfiguration, seed: UInt64 = 1) async throws -> Result<[Int32], KafkaError> {
        try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: SeededChance(seed: seed), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        ) { client in
            do throws(KafkaError) {
                return .success(try await client.currentBrokers())
            } catch {
                return .failure(error)
            }
        }
    }

    private func address(_ cluster: SimulatedCluster, _ broker: Int32 = 1) throws -> BrokerAddress {
        BrokerAddress(host: "127.0.0.1", port: try #require(cluster.port(of: broker)))
    }

    // MARK: A connection that ends

    static let ends: [Fault] = [
        Fault(.close, of: .saslHandshake), Fault(.cut(afterBytes: 0), of: .saslHandshake), Fault(.cut(afterBytes: 9), of: .saslHandshake),
        Fault(.close, of: .saslAuthenticate), Fault(.cut(afterBytes: 0), of: .saslAuthenticate),
        Fault(.cut(afterBytes: 9), of: .saslAuthenticate), Fault(.refuse), Fault(.hangUp(afterBytes: 0)), Fault(.hangUp(afterBytes: 5)),
        Fault(.hangUp(afterBytes: 400)),
    ]

    @Test(arguments: ends, [SaslCredentials.Mechanism.plain, .scramSHA256])
    func aLoginThatIsCutOnceIsTriedAgain(end: Fault, mechanism: SaslCredentials.Mechanism) async throws {
        for tls in [false, true] {
            try await SimulatedCluster.withCluster(simulated(tls: tls ? Self.tls : nil), time: HostTime(), chance: HostChance()) {
                cluster in
                cluster.inject(end)
                let found = try await contact(configuration([try address(cluster)], tls: tls, as: mechanism))
                #expect(found == .success([1]), "\(end), TLS \(tls)")
            }
        }
    }

    /// Of a broker that is known by its id, after the metadata was had.
    @Test(arguments: ends) func aLoginAtACertainBrokerIsTriedAgainToo(end: Fault) async throws {
        try await SimulatedCluster.withCluster(simulated(brokers: [1, 2]), time: HostTime(), chance: HostChance()) { cluster in
            try await TestCluster.withClient(configuration([try address(cluster)])) { client in
                _ = try await client.currentBrokers()
                var once = end
                once.broker = 2
                cluster.inject(once)
                _ = try await client.send(ListGroupsRequest(), to: .broker(2))
                #expect(client.statistics.retries == 1)
            }
        }
    }

    @Test(arguments: [APIKey.saslHandshake, .saslAuthenticate]) func oneThatIsCutEachTimeIsNoRefusalAndBothCausesAreNamed(api: APIKey)
        async throws
    {
        try await SimulatedCluster.withCluster(simulated(), time: HostTime(), chance: HostChance()) { cluster in
            cluster.inject(Fault(.close, of: api, times: nil))
            let address = try address(cluster)
            guard case .failure(let error) = try await contact(configuration([address])) else { return #expect(Bool(false)) }
            #expect(error.code == .cannotConnect && error.broker == "\(address)" && error.outcome == .notSent)
            #expect(error.cause.contains("going down or overloaded, or it refuses without a word"))
            #expect(error.hint.contains("password") && !"\(error)".contains(Self.secret))
            #expect(cluster.callCounts[api] == 4)
        }
    }

    @Test func aHandshakeThatIsCutEachTimeLeadsNobodyToThePlainText() async throws {
        try await SimulatedCluster.withCluster(simulated(tls: Self.tls), time: HostTime(), chance: HostChance()) { cluster in
            cluster.inject(Fault(.hangUp(afterBytes: 100), times: nil))
            let address = try address(cluster)
            guard case .failure(let error) = try await contact(configuration([address], tls: true)) else { return #expect(Bool(false)) }
            #expect(error.code == .cannotConnect && error.broker == "\(address)")
            #expect(error.cause.contains("ended the TLS handshake without a word"))
            #expect(!error.hint.contains("PLAINTEXT"))
        }
    }

    /// Each attempt is counted against the user where failed logins are.
    @Test func aRefusedLoginIsTriedOnceAndNotElsewhere() async throws {
        for seed in UInt64(0)..<4 {
            try await SimulatedCluster.withCluster(simulated(brokers: [1, 2]), time: HostTime(), chance: HostChance()) { cluster in
                let bootstrap = [try address(cluster, 1), try address(cluster, 2)]
                for mechanism in [SaslCredentials.Mechanism.plain, .scramSHA512] {
                    let before = cluster.callCounts[.saslHandshake] ?? 0
                    let found = try await contact(configuration(bootstrap, as: mechanism, password: "wrong"), seed: seed)
                    guard case .failure(let error) = found else { return #expect(Bool(false)) }
                    #expect(error.code == .authenticationFailed)
                    #expect((cluster.callCounts[.saslHandshake] ?? 0) - before == 1)
                }
            }
        }
    }

    // MARK: Bootstrap servers of no use

    static let strangers: [(name: String, bytes: String)] = [
        ("a web server", "HTTP/1.1 400 Bad Request\r\n\r\n"), ("TLS", "\u{15}\u{3}\u{3}\u{0}\u{2}"), ("noise", "\u{0}\u{0}\u{0}\u{2}ab"),
    ]

    @Test(arguments: strangers.map(\.bytes)) func whoIsNoBrokerIsPassedOverWhoeverIsAskedFirst(bytes: String) async throws {
        try await ScriptedBroker.run({ _, _, _ in .raw(Array(bytes.utf8)) }) { stranger in
            try await SimulatedCluster.withCluster(simulated(), time: HostTime(), chance: HostChance()) { cluster in
                for seed in UInt64(0)..<6 {
                    let found = try await contact(configuration([stranger.address, try address(cluster)]), seed: seed)
                    #expect(found == .success([1]))
                }
            }
            #expect(stranger.count(.apiVersions) > 0, "some have asked it first")
            try await ScriptedBroker.run({ _, _, _ in .hangUp }) { mute in
                for seed in UInt64(0)..<6 {
                    let found = try await contact(configuration([stranger.address, mute.address]), seed: seed)
                    guard case .failure(let error) = found else { return #expect(Bool(false)) }
                    #expect(error.code == .protocolViolation, "the gravest: \(error)")
                    for address in [stranger.address, mute.address] { #expect(error.message.contains("\(address)")) }
                }
            }
        }
    }

    @Test func whoIsNotTrustedIsPassedOverWhoeverIsAskedFirst() async throws {
        try await SimulatedCluster.withCluster(simulated(tls: Self.elsewhere), time: HostTime(), chance: HostChance()) { other in
            let bad = try address(other)
            try await SimulatedCluster.withCluster(simulated(tls: Self.tls), time: HostTime(), chance: HostChance()) { cluster in
                let both = configuration([bad, try address(cluster)], tls: true)
                for seed in UInt64(0)..<6 {
                    let found = try await contact(both, seed: seed)
                    #expect(found == .success([1]))
                }
                // One more fault, and still somebody is left.
                cluster.inject(Fault(.hangUp(afterBytes: 50)))
                let found = try await contact(both)
                #expect(found == .success([1]))
            }
            // Nobody is left: one is not trusted, and the other is not there any more.
            let gone = try await SimulatedCluster.withCluster(simulated(tls: Self.tls), time: HostTime(), chance: HostChance()) {
                try address($0)
            }
            for seed in UInt64(0)..<6 {
                guard case .failure(let error) = try await contact(configuration([bad, gone], tls: true), seed: seed) else {
                    return #expect(Bool(false))
                }
                #expect(error.code == .tls && error.broker == nil)
                #expect(error.cause.hasPrefix("none of 2 brokers can be reached ("))
                for address in [bad, gone] { #expect(error.cause.contains("\(address)")) }
            }
            #expect((other.callCounts[.saslAuthenticate] ?? 0) == 0, "whoever is not trusted gets no password")
        }
    }
}
