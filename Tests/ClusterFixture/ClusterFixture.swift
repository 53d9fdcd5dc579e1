public import Bytes
import Glibc
import Host
import KafkaClient
public import KafkaSimulator
import Logging
import NIOPosix
public import Resources
import SchemaRegistryClient
import Seams

/// A cluster and a registry to test against: the real ones that `TIDEMARK_TEST_BOOTSTRAP` and `TIDEMARK_TEST_REGISTRY` name, else
/// simulated ones.
public enum ClusterFixture {
    public static var realBootstrap: String? { environment("TIDEMARK_TEST_BOOTSTRAP") }
    public static var realRegistry: String? { environment("TIDEMARK_TEST_REGISTRY") }

    /// A real cluster with users and rules, and its super user's client.properties.
    public static var secure: (bootstrap: String, config: String)? {
        guard let bootstrap = environment("TIDEMARK_TEST_SECURE_BOOTSTRAP"), let config = environment("TIDEMARK_TEST_SECURE_CONFIG")
        else { return nil }
        return (bootstrap, config)
    }

    /// Waits until `condition` holds, a minute at most; throws where it never does.
    public static func until(_ what: String, _ condition: () async throws -> Bool) async throws {
        let time = HostTime()
        let start = time.uptime()
        while try await !condition() {
            guard time.uptime() - start < .seconds(60) else { throw NeverTrue(what: what) }
            try await time.sleep(for: .milliseconds(50))
        }
    }

    public struct NeverTrue: Error { public let what: String }

    /// A prefix for the names of one test, so that tests on one cluster do not meet.
    public static func prefix() -> ByteString { ByteString("t\(HostChance().bytes(4).hex)-") }

    /// Runs `body` on the real cluster where there is one, else on a simulated one of its own.
    public static func run(_ body: @Sendable (Source, _ prefix: ByteString) async throws -> Void) async throws {
        guard let realBootstrap else { return try await simulated { source, _ in try await body(source, prefix()) } }
        try await withSource(bootstrap: realBootstrap, registry: realRegistry) { try await body($0, prefix()) }
    }

    /// A simulated cluster with a simulated registry, always.
    public static func simulated(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(), flavour: RegistryFlavour = .confluent,
        _ body: @Sendable (Source, SimulatedCluster) async throws -> Void
    ) async throws {
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(SimulatedRegistryConfiguration(flavour: flavour), time: HostTime()) { _, url in
                try await withSource(bootstrap: cluster.bootstrapServers, registry: url) { try await body($0, cluster) }
            }
        }
    }

    public static func withSource<Value: Sendable>(
        bootstrap: String, registry: String?, _ body: @Sendable (Source) async throws -> Value
    ) async throws -> Value {
        let configuration = ClientConfiguration(bootstrap: try BrokerAddress.list(bootstrap, from: "the test's cluster"))
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        return try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger
        ) { client in
            guard let registry else { return try await body(Source(client: client, registry: nil, time: HostTime())) }
            let configuration = try RegistryConfiguration(baseURLs: [registry])
            return try await SchemaRegistryClient.withClient(configuration, time: HostTime(), chance: HostChance()) {
                try await body(Source(client: client, registry: $0, time: HostTime()))
            }
        }
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
}
