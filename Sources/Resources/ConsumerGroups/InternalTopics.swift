import Bytes
import KafkaClient
import SnapshotModel

/// Topics that a cluster keeps for itself. Another cluster has its own, with other offsets.
enum InternalTopics {
    /// Kafka's own.
    static let known: Set<ByteString> = ["__consumer_offsets", "__transaction_state", "__share_group_state", "__cluster_metadata"]

    /// Kafka's own, and what the brokers call internal.
    static func names(among topics: [TopicDescription]) -> Set<ByteString> {
        known.union(topics.filter(\.isInternal).map(\.name))
    }
}

extension Document {
    /// A group's evidence of an internal topic bears the positions themselves, which have no document of their own:
    /// `{"internal":true,"offsets":[…],…}`.
    func ofInternalTopic(_ positions: [(TopicPartition, CommittedOffset)]) -> Document {
        var fields = body.object ?? [:]
        fields["internal"] = .bool(true)
        fields["offsets"] = .array(positions.sorted { $0.0.partition < $1.0.partition }.map { JSON.count64($0.1.offset) })
        return Document(id: id, body: .object(fields))
    }

    var isOfInternalTopic: Bool { id.parts.count == 2 && body["internal"] == .bool(true) }
}
