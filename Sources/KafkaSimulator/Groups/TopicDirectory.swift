import Bytes
import KafkaProtocol

/// What groups ask of the cluster's topics.
protocol TopicDirectory {
    func groupTopic(named name: ByteString) -> GroupTopic?
    func groupTopic(withID id: KafkaUUID) -> GroupTopic?
    /// Every topic's name, for subscriptions by pattern.
    var groupTopicNames: [ByteString] { get }
}

extension TopicDirectory {
    /// An assignment as descriptions show it: topics by name, without those that are gone.
    func described(_ assignment: [KafkaUUID: Set<Int32>]) -> [(topic: GroupTopic, partitions: [Int32])] {
        assignment.compactMap { id, partitions in groupTopic(withID: id).map { ($0, partitions.sorted()) } }
            .sorted { $0.topic.name < $1.topic.name }
    }
}

struct GroupTopic: Hashable, Sendable {
    var name: ByteString
    var id: KafkaUUID
    var partitions: Int32
}
