public import Bytes

/// Who a registry says it is, whatever name or address it is reached under: Confluent's keeps what it has in one Kafka cluster, and the
/// servers of one group there are one registry.
public struct RegistryIdentity: Hashable, Sendable {
    /// The id of the Kafka cluster that it keeps its topic on.
    public var kafkaCluster: ByteString
    /// `schema.registry.group.id`.
    public var group: ByteString

    public init(kafkaCluster: ByteString, group: ByteString) {
        self.kafkaCluster = kafkaCluster
        self.group = group
    }
}

extension RegistryIdentity: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        let clusters: RegistryJSON = try json.read("scope", as: RegistryJSON.self).read("clusters")
        self.init(
            kafkaCluster: ByteString(try clusters.read("kafka-cluster", as: String.self)),
            group: ByteString(try clusters.read("schema-registry-cluster", as: String.self)))
    }
}
