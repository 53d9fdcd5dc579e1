import Bytes
import Foundation
import Host
import Subprocess
import Testing

@testable import KafkaSimulator

/// Clients that others wrote must believe the simulator: each script drives it as an application and its administrator
/// would, and asserts what it sees: over plain text, and over TLS with SCRAM and an authorizer. The same scripts pass against Apache
/// Kafka 4.1; with `TIDEMARK_TEST_BOOTSTRAP` set they run against that cluster too.
///
/// What a peer cannot do, and so is driven by the others alone:
/// - kcat 1.7.1 (librdkafka 2.0.2, Debian's) has no administrator's calls beside listing: no ACLs, quotas, users, no making of topics. It knows
///   neither the newer group protocol (KIP-848 came with librdkafka 2.4 as a preview, 2.12 for good) nor share groups. Its SCRAM names
///   its own nonce twice in its last message (librdkafka#4895, mended in 2.6.1): Kafka 3.9 lets that pass, 4.0 does not any more (its
///   `ScramSaslServer` compares the whole nonce), nor does the simulator, so that it logs in by PLAIN, and by SCRAM to an older release.
///   Transactions it can: a run is one.
/// - kafka-python 3.0.12 knows the classic protocol alone: of ConsumerGroupHeartbeat and the share groups' calls it has the numbers, and no
///   messages.
/// - confluent-kafka 2.16.1 (librdkafka 2.16.0) does all of it: the newer protocol, and share groups by its `ShareConsumer`.
@Suite struct PeerTests {
    enum Stage: CaseIterable, CustomTestStringConvertible {
        case oneBroker, threeBrokers, secured, real

        static var here: [Stage] {
            ProcessInfo.processInfo.environment["TIDEMARK_TEST_BOOTSTRAP"] == nil ? allCases.filter { $0 != .real } : allCases
        }

        /// Share groups are off in a fresh Kafka 4.1; a real cluster takes part where `TIDEMARK_TEST_SHARE_GROUPS` says that they are on.
        static var withShareGroups: [Stage] {
            here.filter { $0 != .real || ProcessInfo.processInfo.environment["TIDEMARK_TEST_SHARE_GROUPS"] != nil }
        }

        var testDescription: String { "\(self)" }
    }

    @Test(arguments: Stage.here) func confluentKafka(_ stage: Stage) async throws { try await run("confluent.py", on: stage) }
    @Test(arguments: Stage.here) func kafkaPython(_ stage: Stage) async throws { try await run("kafka_python.py", on: stage) }
    @Test(arguments: Stage.here) func transactionsOfConfluentKafka(_ stage: Stage) async throws {
        try await run("confluent_transactions.py", on: stage)
    }
    @Test(arguments: Stage.here) func transactionsOfKafkaPython(_ stage: Stage) async throws {
        try await run("kafka_python_transactions.py", on: stage)
    }
    @Test(arguments: Stage.here) func kcat(_ stage: Stage) async throws { try await run("kcat.py", on: stage) }
    @Test(arguments: Stage.here) func transactionsOfKcat(_ stage: Stage) async throws { try await run("kcat_transactions.py", on: stage) }

    @Test(arguments: Stage.withShareGroups) func shareGroupOfConfluentKafka(_ stage: Stage) async throws {
        try await run("confluent_share.py", on: stage) { $0.features = ["share.version": 1] }
    }

    /// The nonce that librdkafka 2.0.2 names in SCRAM's last message passes where it passes on real brokers.
    @Test(arguments: ["SCRAM-SHA-256", "SCRAM-SHA-512"]) func kcatLogsInByScramToAnOlderRelease(_ mechanism: String) async throws {
        try await Self.withSecuredCluster {
            $0.release = .v3_9
        } _: { cluster, authority in
            try await run("kcat.py", against: cluster.bootstrapServers, connection: Self.login(authority, mechanism))
        }
    }
    @Test func kcatsScramIsRefusedByTheNewestRelease() async throws {
        let python = try #require(Self.interpreter, Self.hint)
        try await Self.withSecuredCluster { cluster, authority in
            let login = Self.login(authority, "SCRAM-SHA-512")
            let ask = "import peer; peer.kcat_login()"
            let folder = Bundle.module.bundleURL.appendingPathComponent("Peers").path
            let result = try await Subprocess.run(
                .path(.init(python)), arguments: .init(["-B", "-c", ask, cluster.bootstrapServers]),
                environment: .inherit.updating(Self.keyed(login.merging(["PYTHONPATH": folder]) { $1 })),
                output: .string(limit: 1 << 20), error: .combinedWithOutput)
            #expect(!result.terminationStatus.isSuccess)
            #expect(result.standardOutput.contains("invalid credentials with SASL mechanism SCRAM-SHA-512"), "\(result.standardOutput)")
        }
    }

    /// Each reads what the other packed, in every codec, over TLS too.
    @Test func codecsOverTLS() async throws { try await run("codecs.py", on: .secured) }

    /// Over TLS and SASL, with an authorizer: users, rules and a quota.
    @Test(arguments: ["security_confluent.py", "security_python.py"]) func secured(_ script: String) async throws {
        try await Self.withSecuredCluster { cluster, authority in
            // Ten seconds' worth go through at once.
            cluster.withState { $0.quotas.set(.producerByteRate, 5000, of: QuotaEntity([.user: "slow"])) }
            try await run(script, against: cluster.bootstrapServers, arguments: [authority, "admin", "admin-secret", "slow"])
        }
    }

    /// Three brokers with TLS, SASL and an authorizer whose super user is `admin`; gives the path of the authority's certificate.
    static func withSecuredCluster(
        _ change: (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: @Sendable (SimulatedCluster, _ authority: String) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.tls = SimulatedTLS(certificatePEM: TestCertificates.broker, privateKeyPEM: TestCertificates.brokerKey)
        configuration.users = [SimulatedUser(name: "admin", password: "admin-secret")]
        configuration.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"])
        change(&configuration)
        let authority = FileManager.default.temporaryDirectory.appendingPathComponent("authority-\(HostChance().bytes(8).hex).pem")
        try Data(TestCertificates.authority.utf8).write(to: authority)
        defer { try? FileManager.default.removeItem(at: authority) }
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            try await body(cluster, authority.path)
        }
    }

    private static func login(_ authority: String, _ mechanism: String) -> [String: String] {
        ["PEER_AUTHORITY": authority, "PEER_USER": "admin", "PEER_PASSWORD": "admin-secret", "PEER_MECHANISM": mechanism]
    }

    private static func keyed(_ variables: [String: String]) -> [Environment.Key: String?] {
        Dictionary(uniqueKeysWithValues: variables.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
    }

    private func run(
        _ script: String, on stage: Stage, _ change: @Sendable (inout SimulatorConfiguration) -> Void = { _ in }
    ) async throws {
        if stage == .real {
            let servers = try #require(ProcessInfo.processInfo.environment["TIDEMARK_TEST_BOOTSTRAP"])
            return try await run(script, against: servers)
        }
        if stage == .secured {
            return try await Self.withSecuredCluster(change) { cluster, authority in
                // Both variants of SCRAM are spoken by each Python client.
                let mechanism =
                    script.hasPrefix("kcat") ? "PLAIN" : script.hasSuffix("transactions.py") ? "SCRAM-SHA-256" : "SCRAM-SHA-512"
                try await run(script, against: cluster.bootstrapServers, connection: Self.login(authority, mechanism))
            }
        }
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = stage == .oneBroker ? [1] : [101, 102, 103]
        change(&configuration)
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            try await run(script, against: cluster.bootstrapServers)
        }
    }

    private func run(
        _ script: String, against servers: String, arguments: [String] = [], connection: [String: String] = [:]
    ) async throws {
        let prefix = "peer\(HostChance().number(in: 100_000...999_999))"
        try await Self.run(script, against: servers, prefix: prefix, arguments: arguments, connection: connection)
    }

    /// - Parameter connection: variables that `peer.py` reads; none for plain text.
    static func run(
        _ script: String, against servers: String, prefix: String, arguments: [String] = [], connection: [String: String] = [:]
    ) async throws {
        let python = try #require(interpreter, hint)
        let folder = Bundle.module.bundleURL.appendingPathComponent("Peers")
        let result = try await Subprocess.run(
            .path(.init(python)), arguments: .init(["-B", folder.appendingPathComponent(script).path, servers, prefix] + arguments),
            environment: .inherit.updating(keyed(connection)),
            output: .string(limit: 4 << 20), error: .combinedWithOutput)
        let said = result.standardOutput
        #expect(result.terminationStatus.isSuccess, "\(script) failed:\n\(said)")
        // A script that stops early is no proof.
        #expect(said.split(separator: "\n").last?.hasPrefix("done: ") == true, "\(script) did not reach its end:\n\(said)")
    }

    static let hint: Comment = """
        No Python with confluent-kafka and kafka-python was found. hint: run `make peers`, or name an interpreter that \
        has both packages, and the codecs' (see the Makefile), in TIDEMARK_PEERS_PYTHON.
        """

    /// The interpreter that has the peers' packages; nil where there is none, which is a failure.
    static var interpreter: String? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let path =
            ProcessInfo.processInfo.environment["TIDEMARK_PEERS_PYTHON"] ?? root.appendingPathComponent(".peers/bin/python").path
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
}
