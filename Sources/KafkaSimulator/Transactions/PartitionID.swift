import Bytes

/// One partition of a topic, as transactions name what they write to.
struct PartitionID: Hashable, Comparable, Sendable {
    let topic: ByteString
    let partition: Int32

    init(_ topic: ByteString, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    static func < (left: PartitionID, right: PartitionID) -> Bool {
        (left.topic, left.partition) < (right.topic, right.partition)
    }
}
