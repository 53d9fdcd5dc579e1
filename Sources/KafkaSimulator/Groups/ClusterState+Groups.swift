import Bytes
import KafkaProtocol
import Seams

extension ClusterState {
    /// Whether the asked broker coordinates the group.
    func coordinates(_ group: ByteString, _ context: CallContext) -> Bool { groupCoordinator(of: group) == context.broker }

    /// Whether the asked broker knows the partition by now.
    func holds(_ topic: ByteString, _ partition: Int32, _ context: CallContext) -> Bool {
        guard let topic = topics[topic], topic.visibleFrom <= context.uptime else { return false }
        return topic.partitions.indices.contains(Int(partition))
    }

    /// Sends the answers that are due to earlier calls, and returns the one that is due to this call, if any.
    mutating func perform(_ actions: [GroupAction], for token: CallToken?) -> GroupAction.Answer? {
        var own: GroupAction.Answer?
        for action in actions {
            if action.token == token {
                own = action.answer
                continue
            }
            switch action.answer {
            case .join(let response): complete(action.token, with: response)
            case .sync(let response): complete(action.token, with: response)
            }
        }
        return own
    }

    /// Time has passed for the groups.
    mutating func tickGroups(now: Timestamp, uptime: Duration) {
        _ = perform(groups.expire(at: uptime, clock: now), for: nil)
    }
}

extension GroupCall {
    init(_ context: CallContext) {
        self.init(
            token: context.token, version: context.version, now: context.uptime, clock: context.now, clientID: context.clientID,
            clientHost: context.clientHost)
    }
}

/// The topics that brokers know by now, as groups see them.
struct VisibleTopics: TopicDirectory {
    private let topics: [ByteString: Topic]
    private let names: [KafkaUUID: ByteString]
    private let uptime: Duration

    init(_ state: ClusterState, at uptime: Duration) {
        topics = state.topics
        names = state.topicNames
        self.uptime = uptime
    }

    func groupTopic(named name: ByteString) -> GroupTopic? {
        guard let topic = topics[name], topic.visibleFrom <= uptime else { return nil }
        return GroupTopic(name: name, id: topic.id, partitions: Int32(topic.partitions.count))
    }

    func groupTopic(withID id: KafkaUUID) -> GroupTopic? { names[id].flatMap(groupTopic(named:)) }

    var groupTopicNames: [ByteString] { Array(topics.keys) }
}
