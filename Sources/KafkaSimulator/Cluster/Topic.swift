import Bytes
import KafkaProtocol
import Seams

/// One topic: its identity, its partitions and the configs set on it.
struct Topic: Sendable {
    let name: ByteString
    let id: KafkaUUID
    var partitions: [Partition]
    /// Dynamic configs of the topic itself, by name.
    var configs: [ByteString: ByteString] = [:]
    /// Uptime from which Metadata shows the topic. A real broker learns of a new topic some time after CreateTopics was answered.
    var visibleFrom: Duration

    static let offsetsName: ByteString = "__consumer_offsets"
    static let transactionsName: ByteString = "__transaction_state"
    static let shareStateName: ByteString = "__share_group_state"

    var isInternal: Bool { [Self.offsetsName, Self.transactionsName, Self.shareStateName].contains(name) }
    var replicationFactor: Int16 { Int16(clamping: partitions.first?.replicas.count ?? 0) }
}
