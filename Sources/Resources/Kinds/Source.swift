public import KafkaClient
public import SchemaRegistryClient
public import Seams

/// A cluster to observe or to change, with its schema registry where it has one.
public struct Source: Sendable {
    public let client: KafkaClient
    public let registry: SchemaRegistryClient?
    public let time: any TimeSource

    public init(client: KafkaClient, registry: SchemaRegistryClient?, time: any TimeSource) {
        self.client = client
        self.registry = registry
        self.time = time
    }
}
