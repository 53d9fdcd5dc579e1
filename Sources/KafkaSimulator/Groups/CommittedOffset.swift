import Bytes
import Seams

/// A position that a group has committed.
struct CommittedOffset: Equatable, Sendable {
    var offset: Int64
    /// -1 where the committer did not say.
    var leaderEpoch: Int32
    /// The committer's own words. What is not UTF-8 comes back as U+FFFD, as from a broker that keeps text; NUL stays.
    var metadata: ByteString
    var committed: Timestamp

    init(offset: Int64, leaderEpoch: Int32, metadata: ByteString?, committed: Timestamp) {
        self.offset = offset
        self.leaderEpoch = leaderEpoch
        self.metadata = metadata.map { ByteString(String(decoding: $0.bytes, as: UTF8.self)) } ?? ""
        self.committed = committed
    }
}

/// What one group has committed, and what open transactions hold back.
struct GroupOffsets: Equatable, Sendable {
    /// By topic name and partition.
    private(set) var topics: [ByteString: [Int32: CommittedOffset]] = [:]
    /// By producer id: commits of transactions that have not ended.
    private(set) var pending: [Int64: [ByteString: [Int32: CommittedOffset]]] = [:]

    var isEmpty: Bool { topics.isEmpty && pending.isEmpty }

    subscript(topic: ByteString, partition: Int32) -> CommittedOffset? { topics[topic]?[partition] }

    /// Whether a transaction that is still open has a commit of this partition.
    func isPending(_ topic: ByteString, _ partition: Int32) -> Bool { pending.values.contains { $0[topic]?[partition] != nil } }

    func mentions(_ topic: ByteString) -> Bool { topics[topic] != nil || pending.values.contains { $0[topic] != nil } }

    mutating func set(_ value: CommittedOffset, _ topic: ByteString, _ partition: Int32) {
        topics[topic, default: [:]][partition] = value
    }

    mutating func remove(_ topic: ByteString, _ partition: Int32) {
        topics[topic]?[partition] = nil
        if topics[topic]?.isEmpty == true { topics[topic] = nil }
    }

    mutating func removeTopic(_ topic: ByteString) {
        topics[topic] = nil
        for producer in pending.keys { pending[producer]?[topic] = nil }
        pending = pending.filter { !$0.value.isEmpty }
    }

    mutating func stage(_ value: CommittedOffset, _ topic: ByteString, _ partition: Int32, producer: Int64) {
        pending[producer, default: [:]][topic, default: [:]][partition] = value
    }

    /// The transaction ended: its commits take hold, or are forgotten.
    mutating func settle(producer: Int64, committed: Bool) {
        guard let staged = pending.removeValue(forKey: producer), committed else { return }
        for (topic, partitions) in staged { for (partition, value) in partitions { set(value, topic, partition) } }
    }

    /// Forgets what was committed at or before `moment`, but for `kept` topics.
    mutating func expire(committedBy moment: Timestamp, keeping kept: Set<ByteString>) {
        for (topic, partitions) in topics where !kept.contains(topic) {
            for (partition, value) in partitions where value.committed <= moment { remove(topic, partition) }
        }
    }
}
