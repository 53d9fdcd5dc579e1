import Bytes
import KafkaProtocol

/// A share group (KIP-932): its members work on the same partitions together, and there are no positions of members, but one
/// start offset a partition.
///
/// A partition is handed out once its state has been made, which happens a moment after somebody subscribed to it.
struct ShareGroup: Sendable {
    let id: ByteString
    var epoch: Int32 = 0
    var assignmentEpoch: Int32 = 0
    var members: [ByteString: ShareMember] = [:]
    var target: [ByteString: ConsumerMember.Assignment] = [:]
    /// The subscribed topics as they were when the group epoch last grew.
    var topics: Set<GroupTopic> = []
    /// Partitions whose state is being made.
    var initializing: ConsumerMember.Assignment = [:]
    /// Where delivery starts, of partitions that have a state. -1 until a member first fetches or somebody sets it.
    var startOffsets: [KafkaUUID: [Int32: Int64]] = [:]

    init(id: ByteString) { self.id = id }

    var isEmpty: Bool { members.isEmpty }

    /// Kafka's name for the state.
    var stateName: ByteString { isEmpty ? "Empty" : "Stable" }

    var initialized: ConsumerMember.Assignment { startOffsets.mapValues { Set($0.keys) } }

    var nextDeadline: Duration? { members.values.map(\.sessionDeadline).min() }

    mutating func expire(at now: Duration) {
        for (id, member) in members where member.sessionDeadline <= now { remove(id) }
    }

    mutating func remove(_ member: ByteString) {
        guard members.removeValue(forKey: member) != nil else { return }
        target[member] = nil
        epoch += 1
    }

    mutating func topicDeleted(_ topic: KafkaUUID) {
        initializing[topic] = nil
        startOffsets[topic] = nil
        topics = topics.filter { $0.id != topic }
    }

    /// What was being made is there.
    mutating func completeInitialization() {
        for (topic, partitions) in initializing {
            for partition in partitions where startOffsets[topic]?[partition] == nil { startOffsets[topic, default: [:]][partition] = -1 }
        }
        initializing = [:]
    }

    /// Works out who gets what, where the group has changed since.
    mutating func retarget(_ directory: some TopicDirectory) {
        let wanted = members.mapValues { member in Set(member.topicNames.compactMap { directory.groupTopic(named: $0) }) }
        let subscribed = Set(wanted.values.joined())
        let ready = initialized
        let due = Set(subscribed.map(\.id)).reduce(into: ConsumerMember.Assignment()) { $0[$1] = ready[$1] }.withoutEmpty
        let given = target.values.reduce(ConsumerMember.Assignment()) { $0.union($1) }.withoutEmpty
        // The change that brought a member in has counted already.
        if epoch == assignmentEpoch, subscribed != topics || due != given { epoch += 1 }
        topics = subscribed
        guard epoch > assignmentEpoch else { return }
        target = members.mapValues { _ in [:] }
        for (topic, partitions) in due {
            let takers = wanted.filter { $0.value.contains { $0.id == topic } }.keys.sorted()
            share(partitions.sorted(), of: topic, among: takers)
        }
        assignmentEpoch = epoch
    }

    /// Each partition has a member, and each member a partition: where there are more members, they share.
    private mutating func share(_ partitions: [Int32], of topic: KafkaUUID, among takers: [ByteString]) {
        for turn in 0..<max(partitions.count, takers.count) {
            target[takers[turn % takers.count], default: [:]][topic, default: []].insert(partitions[turn % partitions.count])
        }
    }
}

/// A member of a share group.
struct ShareMember: Sendable {
    var id: ByteString
    var rack: ByteString?
    var clientID: ByteString
    var clientHost: ByteString
    var epoch: Int32 = 0
    var formerEpoch: Int32 = 0
    var topicNames: Set<ByteString> = []
    var assigned: ConsumerMember.Assignment = [:]
    /// When it is given up for silence.
    var sessionDeadline: Duration
}
