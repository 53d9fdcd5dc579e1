import Bytes
import KafkaProtocol

/// What groups ask of the cluster's topics.
protocol TopicDirectory {
    func groupTopic(named name: ByteString) -> GroupTopic?
    func groupTopic(withID id: KafkaUUID) -> GroupTopic?
    /// Every topic's name, for subscriptions by pattern.
    var groupTopicNames: [ByteString] { get }
}

struct GroupTopic: Hashable, Sendable {
    var name: ByteString
    var id: KafkaUUID
    var partitions: Int32
}
