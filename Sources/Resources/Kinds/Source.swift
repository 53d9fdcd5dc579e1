public import Bytes
public import KafkaClient
public import SchemaRegistryClient
public import Seams

/// A cluster to observe or to change, with its schema registry where it has one.
public struct Source: Sendable {
    public let client: KafkaClient
    public let registry: SchemaRegistryClient?
    /// Where the registry keeps what it holds, if that is on this cluster.
    public let schemasTopic: ByteString
    public let time: any TimeSource

    /// What registries call the topic unless they were told otherwise (`kafkastore.topic`, Karapace's `topic_name`).
    public static let usualSchemasTopic: ByteString = "_schemas"

    public init(
        client: KafkaClient, registry: SchemaRegistryClient?, schemasTopic: ByteString = usualSchemasTopic, time: any TimeSource
    ) {
        self.client = client
        self.registry = registry
        self.schemasTopic = schemasTopic
        self.time = time
    }
}
