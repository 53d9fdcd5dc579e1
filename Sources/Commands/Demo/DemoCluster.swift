import Bytes
import KafkaClient
import KafkaSimulator
import NIOPosix
import Resources
import SchemaRegistryClient
import Seams

/// An embedded cluster with an embedded schema registry, and clients of both.
struct DemoCluster: Sendable {
    let cluster: SimulatedCluster
    let source: Source
    let registry: SchemaRegistryClient
    let registryURL: String

    /// Runs `body` with brokers of these ids; all of it is gone afterwards.
    static func with<Value: Sendable>(
        brokers: [Int32], _ shell: Shell, _ body: @escaping @Sendable (DemoCluster) async throws -> Value
    ) async throws -> Value {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = brokers
        // As in most companies, nothing is to come about by a typo.
        configuration.brokerProperties["auto.create.topics.enable"] = "false"
        return try await SimulatedCluster.withCluster(configuration, time: shell.time, chance: shell.chance) { cluster in
            try await RegistryServer.withRegistry(time: shell.time) { _, url in
                let addresses = cluster.bootstrapServers.split(separator: ",").compactMap { BrokerAddress($0) }
                return try await KafkaClient.withClient(
                    ClientConfiguration(bootstrap: addresses), time: shell.time, chance: shell.chance,
                    eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: shell.world.logger
                ) { client in
                    let configuration = try RegistryConfiguration(baseURLs: [url])
                    return try await SchemaRegistryClient.withClient(configuration, time: shell.time, chance: shell.chance) { registry in
                        try await body(
                            DemoCluster(
                                cluster: cluster, source: Source(client: client, registry: registry, time: shell.time), registry: registry,
                                registryURL: url))
                    }
                }
            }
        }
    }
}
