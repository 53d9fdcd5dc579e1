import Bytes
import Foundation
import Host
import Subprocess
import Testing

@testable import KafkaSimulator

/// Clients that others wrote must believe the simulator: each script drives it as an application and its administrator
/// would, and asserts what it sees: over plain text, and over TLS with SCRAM and an authorizer. The same scripts pass against Apache
/// Kafka 4.1; with `TIDEMARK_TEST_BOOTSTRAP` set they run against that cluster too.
@Suite struct PeerTests {
    enum Stage: CaseIterable, CustomTestStringConvertible {
        case oneBroker, threeBrokers, secured, real

        static var here: [Stage] {
            ProcessInfo.processInfo.environment["TIDEMARK_TEST_BOOTSTRAP"] == nil ? allCases.filter { $0 != .real } : allCases
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
    static func withSecuredCluster(_ body: @Sendable (SimulatedCluster, _ authority: String) async throws -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.tls = SimulatedTLS(certificatePEM: TestCertificates.broker, privateKeyPEM: TestCertificates.brokerKey)
        configuration.users = [SimulatedUser(name: "admin", password: "admin-secret")]
        configuration.authorizer = SimulatedAuthorizer(superUsers: ["User:admin"])
        let authority = FileManager.default.temporaryDirectory.appendingPathComponent("authority-\(HostChance().bytes(8).hex).pem")
        try Data(TestCertificates.authority.utf8).write(to: authority)
        defer { try? FileManager.default.removeItem(at: authority) }
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            try await body(cluster, authority.path)
        }
    }

    private func run(_ script: String, on stage: Stage) async throws {
        if stage == .real {
            let servers = try #require(ProcessInfo.processInfo.environment["TIDEMARK_TEST_BOOTSTRAP"])
            return try await run(script, against: servers)
        }
        if stage == .secured {
            return try await Self.withSecuredCluster { cluster, authority in
                // Both variants of SCRAM are spoken by each Python client. Debian's kcat links librdkafka 2.0.2, whose last message of
                // SCRAM names another nonce than the broker's (mended in 2.6.1, librdkafka#4895): Kafka 4 refuses it, and so do we.
                let mechanism =
                    script == "kcat.py" ? "PLAIN" : script.hasSuffix("transactions.py") ? "SCRAM-SHA-256" : "SCRAM-SHA-512"
                try await run(
                    script, against: cluster.bootstrapServers,
                    connection: [
                        "PEER_AUTHORITY": authority, "PEER_USER": "admin", "PEER_PASSWORD": "admin-secret", "PEER_MECHANISM": mechanism,
                    ])
            }
        }
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = stage == .oneBroker ? [1] : [101, 102, 103]
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
            environment: .inherit.updating(
                Dictionary(uniqueKeysWithValues: connection.map { (Environment.Key(stringLiteral: $0.key), $0.value) })),
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
