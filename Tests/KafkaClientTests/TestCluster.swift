import Bytes
import Glibc
import Host
import KafkaSimulator
import Logging
import NIOPosix
import Testing

@testable import KafkaClient

/// Where the integration tests run: a real cluster where `TIDEMARK_TEST_BOOTSTRAP` names one, else a simulated one.
enum TestCluster {
    static var realBootstrap: String? { variable("TIDEMARK_TEST_BOOTSTRAP") }
    /// A `client.properties` for it, where it wants one.
    static var commandConfig: String? { variable("TIDEMARK_TEST_COMMAND_CONFIG") }

    private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 } }

    /// Runs `body` with a client of the cluster and a prefix for names, so that tests do not meet.
    static func run(_ body: @Sendable (KafkaClient, _ prefix: String) async throws -> Void) async throws {
        let prefix = "t\(HostChance().bytes(4).hex)-"
        if let realBootstrap {
            let addresses = try BrokerAddress.list(realBootstrap, from: "TIDEMARK_TEST_BOOTSTRAP")
            let text = try commandConfig.map { try ConfigurationFile.read($0) } ?? []
            try await withClient(try ClientProperties(text, bootstrap: addresses).configuration) { try await body($0, prefix) }
        } else {
            try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
                try await withClient(
                    ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator"))
                ) {
                    try await body($0, prefix)
                }
            }
        }
    }

    static func withClient<Value: Sendable>(
        _ configuration: ClientConfiguration, _ body: (KafkaClient) async throws -> Value
    ) async throws -> Value {
        try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), body: body)
    }
}
