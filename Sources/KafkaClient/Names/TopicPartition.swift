public import Bytes

/// One partition of one topic. Ordered by the topic's bytes, then by number.
public struct TopicPartition: Hashable, Comparable, Sendable {
    public var topic: ByteString
    public var partition: Int32

    public init(_ topic: ByteString, _ partition: Int32) {
        self.topic = topic
        self.partition = partition
    }

    public static func < (left: TopicPartition, right: TopicPartition) -> Bool {
        left.topic == right.topic ? left.partition < right.partition : left.topic < right.topic
    }
}

extension TopicPartition: CustomStringConvertible {
    public var description: String { "\(topic)-\(partition)" }
}
