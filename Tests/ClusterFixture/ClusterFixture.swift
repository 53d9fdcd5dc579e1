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
import Waiting

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

    /// A prefix for the names of one test, so that tests on one cluster do not meet.
    public static func prefix() -> ByteString { ByteString("t\(HostChance().bytes(4).hex)-") }

    /// Runs `body` on the real cluster where there is one, else on a simulated one of its own. A registry there always is: beside a
    /// real cluster without one, a simulated registry, so that nothing is left out.
    public static func run(_ body: @Sendable (Source, _ prefix: ByteString) async throws -> Void) async throws {
        try await addressed { source, _, prefix in try await body(source, prefix) }
    }

    /// How a program of its own reaches the cluster and the registry.
    public struct Addresses: Sendable {
        public var bootstrap: String
        public var registry: String
    }

    /// As `run`, with the addresses.
    public static func addressed(
        _ body: @Sendable (Source, Addresses, _ prefix: ByteString) async throws -> Void
    ) async throws {
        guard let realBootstrap else {
            return try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
                try await besideRegistry(nil) { try await reach(Addresses(bootstrap: cluster.bootstrapServers, registry: $0), body) }
            }
        }
        try await besideRegistry(realRegistry) { try await reach(Addresses(bootstrap: realBootstrap, registry: $0), body) }
    }

    private static func reach(
        _ addresses: Addresses, _ body: @Sendable (Source, Addresses, ByteString) async throws -> Void
    ) async throws {
        try await withSource(bootstrap: addresses.bootstrap, registry: addresses.registry) { try await body($0, addresses, prefix()) }
    }

    private static func besideRegistry(_ url: String?, _ body: @Sendable (String) async throws -> Void) async throws {
        if let url { return try await body(url) }
        try await RegistryServer.withRegistry(SimulatedRegistryConfiguration(flavour: .confluent), time: HostTime()) { _, url in
            try await body(url)
        }
    }

    /// Deletes the topics and groups whose names begin with `prefix`, and waits until no broker shows one.
    public static func clear(_ prefix: ByteString, on source: Source) async throws {
        _ = try await source.client.deleteGroups(try await source.client.listGroups().value.filter { $0.id.hasPrefix(prefix) })
        _ = try await source.client.deleteTopics(
            try await source.client.describeTopics(nil).map(\.name).filter { $0.hasPrefix(prefix) })
        // Two looks, as two brokers may know different things for a moment.
        var clear = 0
        try await until("the topics are gone") {
            clear = try await source.client.describeTopics(nil).contains { $0.name.hasPrefix(prefix) } ? 0 : clear + 1
            return clear >= 2
        }
    }

    /// A simulated cluster with a simulated registry, always.
    ///
    /// - Parameter keepsTopic: whether the registry keeps its topic on the cluster; else it says that it is on another.
    public static func simulated<Value: Sendable>(
        _ configuration: SimulatorConfiguration = SimulatorConfiguration(), flavour: RegistryFlavour = .confluent,
        keepsTopic: Bool = false, _ body: @Sendable (Source, SimulatedCluster) async throws -> Value
    ) async throws -> Value {
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(
                SimulatedRegistryConfiguration(flavour: flavour), time: HostTime(), cluster: keepsTopic ? cluster : nil
            ) { _, url in
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
