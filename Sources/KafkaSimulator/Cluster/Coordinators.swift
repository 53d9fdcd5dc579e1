import Bytes
import KafkaProtocol

extension ClusterState {
    /// The partition of `__consumer_offsets` that a group's offsets live in: Java's hash of the id, modulo.
    static func partition(of key: ByteString, among count: Int) -> Int32 {
        let hash = JavaHash.of(key)
        let magnitude = hash == .min ? 0 : Int(abs(hash))
        return Int32(magnitude % max(1, count))
    }

    /// The broker that coordinates `group`: the leader of its partition. Nil before `__consumer_offsets` exists, or while
    /// that partition has no leader.
    func groupCoordinator(of group: ByteString) -> Int32? { coordinator(of: group, in: Topic.offsetsName) }

    func coordinator(of key: ByteString, in topic: ByteString) -> Int32? {
        guard let topic = topics[topic] else { return nil }
        let leader = topic.partitions[Int(Self.partition(of: key, among: topic.partitions.count))].leader
        return leader < 0 ? nil : leader
    }

    /// Makes `__consumer_offsets` or `__transaction_state` as brokers do at the first look-up.
    mutating func ensureInternalTopic(_ name: ByteString, _ context: CallContext) {
        let prefix = name == Topic.offsetsName ? "offsets.topic" : "transaction.state.log"
        let partitionsKey = ByteString(prefix + ".num.partitions")
        let factorKey = ByteString(prefix + ".replication.factor")
        ensureTopic(
            name, partitions: configs.number(partitionsKey, broker: context.broker) ?? 50,
            factor: configs.number(factorKey, broker: context.broker) ?? 3,
            configs: [
                "cleanup.policy": "compact", "compression.type": name == Topic.offsetsName ? "producer" : "uncompressed",
                "segment.bytes": "104857600",
            ], context)
    }
}

/// `String.hashCode` of Java: 31-based, over UTF-16 units.
enum JavaHash {
    static func of(_ text: ByteString) -> Int32 {
        text.description.utf16.reduce(Int32(0)) { $0 &* 31 &+ Int32($1) }
    }
}
