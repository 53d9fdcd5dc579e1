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
            try await withClient(try ClientProperties(text, bootstrap: addresses).configuration) { client in
                do {
                    try await body(client, prefix)
                } catch {
                    try? await clear(ByteString(prefix), client)
                    throw error
                }
                try await clear(ByteString(prefix), client)
            }
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

    /// Leaves a real cluster as it was: a topic that stays would be in the way of whoever uses it next.
    private static func clear(_ prefix: ByteString, _ client: KafkaClient) async throws {
        _ = try await client.deleteGroups(try await client.listGroups().value.filter { $0.id.hasPrefix(prefix) })
        _ = try await client.deleteTopics(try await client.describeTopics(nil).map(\.name).filter { $0.hasPrefix(prefix) })
    }

    static func withClient<Value: Sendable>(
        _ configuration: ClientConfiguration, _ body: (KafkaClient) async throws -> Value
    ) async throws -> Value {
        try await KafkaClient.withClient(
            configuration, time: HostTime(), chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), body: body)
    }
}
