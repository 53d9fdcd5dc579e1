import Bytes
import KafkaProtocol
import Seams

@testable import KafkaSimulator

/// A coordinator, a clock that stands still until it is moved, and short words for what members do.
struct GroupStage {
    var coordinator: GroupCoordinator
    var now: Duration = .seconds(100)
    var clock = Timestamp(milliseconds: 1_800_000_000_000)
    let chance = SeededChance(seed: 7)
    private let answers = Answers()
    private var calls: UInt64 = 0

    static let group: ByteString = "crew"

    /// Answers that came, by the token of their call. A reference, so that `stage.joined(stage.join())` sees what it caused.
    private final class Answers {
        var byToken: [CallToken: GroupAction.Answer] = [:]
    }

    init(_ limits: GroupLimits = GroupLimits()) { coordinator = GroupCoordinator(limits: limits) }

    mutating func call(_ version: Int16) -> GroupCall {
        calls += 1
        return GroupCall(token: CallToken(number: calls), version: version, now: now, clock: clock, clientID: "client")
    }

    mutating func keep(_ actions: [GroupAction]) {
        for action in actions { answers.byToken[action.token] = action.answer }
    }

    func joined(_ token: CallToken) -> JoinGroupResponse? {
        if case .join(let answer)? = answers.byToken[token] { answer } else { nil }
    }

    func synced(_ token: CallToken) -> SyncGroupResponse? {
        if case .sync(let answer)? = answers.byToken[token] { answer } else { nil }
    }

    /// `orders` as a consumer's subscription.
    static let subscription = Blob([0, 1, 0, 0, 0, 1, 0, 6] + Array("orders".utf8) + [0xFF, 0xFF, 0xFF, 0xFF])

    @discardableResult
    mutating func join(
        _ member: ByteString = "", instance: ByteString? = nil, protocols: [ByteString] = ["range"], version: Int16 = 9,
        type: ByteString = "consumer", metadata: Blob = Self.subscription, session: Int32 = 30_000, rebalance: Int32 = 60_000
    ) -> CallToken {
        var request = JoinGroupRequest()
        request.groupId = Self.group
        request.memberId = member
        request.groupInstanceId = instance
        request.sessionTimeoutMs = session
        request.rebalanceTimeoutMs = rebalance
        request.protocolType = type
        request.protocols = protocols.map {
            var entry = JoinGroupRequest.JoinGroupRequestProtocol()
            entry.name = $0
            entry.metadata = metadata
            return entry
        }
        let call = call(version)
        keep(coordinator.join(request, call, chance: chance))
        return call.token
    }

    /// Asks for an id and joins with it; the id is returned, and the token of the join that counts.
    mutating func enter(instance: ByteString? = nil, protocols: [ByteString] = ["range"]) -> (id: ByteString, token: CallToken) {
        let first = join(instance: instance, protocols: protocols)
        guard instance == nil, let id = joined(first)?.memberId else { return (joined(first)?.memberId ?? "", first) }
        return (id, join(id, protocols: protocols))
    }

    @discardableResult
    mutating func sync(
        _ member: ByteString, generation: Int32, instance: ByteString? = nil, assign: [ByteString: [UInt8]] = [:],
        name: ByteString? = "range"
    ) -> CallToken {
        var request = SyncGroupRequest()
        request.groupId = Self.group
        request.memberId = member
        request.groupInstanceId = instance
        request.generationId = generation
        request.protocolType = "consumer"
        request.protocolName = name
        request.assignments = assign.map {
            var part = SyncGroupRequest.SyncGroupRequestAssignment()
            part.memberId = $0.key
            part.assignment = Blob($0.value)
            return part
        }
        let call = call(5)
        keep(coordinator.sync(request, call))
        return call.token
    }

    mutating func heartbeat(_ member: ByteString, generation: Int32, instance: ByteString? = nil) -> ErrorCode {
        var request = HeartbeatRequest()
        request.groupId = Self.group
        request.memberId = member
        request.groupInstanceId = instance
        request.generationId = generation
        return coordinator.heartbeat(request, call(4)).errorCode
    }

    mutating func leave(_ member: ByteString, instance: ByteString? = nil) -> ErrorCode? {
        var identity = LeaveGroupRequest.MemberIdentity()
        identity.memberId = member
        identity.groupInstanceId = instance
        var request = LeaveGroupRequest()
        request.groupId = Self.group
        request.members = [identity]
        let (answer, actions) = coordinator.leave(request, call(5))
        keep(actions)
        return answer.members.first?.errorCode
    }

    mutating func commit(
        _ member: ByteString = "", generation: Int32 = -1, instance: ByteString? = nil, topic: ByteString = "orders", offset: Int64 = 5,
        metadata: ByteString? = nil, partitions: Range<Int32> = 0..<1, group: ByteString = Self.group, version: Int16 = 9
    ) -> [ErrorCode] {
        var request = OffsetCommitRequest()
        request.groupId = group
        request.memberId = member
        request.groupInstanceId = instance
        request.generationIdOrMemberEpoch = generation
        var entry = GroupCoordinator.CommitTopic()
        entry.name = topic
        entry.partitions = partitions.map {
            var partition = GroupCoordinator.CommitTopic.OffsetCommitRequestPartition()
            partition.partitionIndex = $0
            partition.committedOffset = offset
            partition.committedMetadata = metadata
            return partition
        }
        request.topics = [entry]
        return coordinator.commit(request, call(version)).flatMap { $0.partitions.map(\.errorCode) }
    }

    func fetch(_ topics: [ByteString: [Int32]]? = nil, stable: Bool = false, group: ByteString = Self.group) -> GroupCoordinator.FetchGroup
    {
        var request = OffsetFetchRequest.OffsetFetchRequestGroup()
        request.groupId = group
        request.topics = topics.map {
            $0.sorted { $0.key < $1.key }.map {
                var topic = OffsetFetchRequest.OffsetFetchRequestGroup.OffsetFetchRequestTopics()
                topic.name = $0.key
                topic.partitionIndexes = $0.value
                return topic
            }
        }
        return coordinator.fetch(request, stable: stable)
    }

    mutating func deleteOffsets(topic: ByteString = "orders") -> (error: ErrorCode, partitions: [ErrorCode]) {
        var entry = OffsetDeleteRequest.OffsetDeleteRequestTopic()
        entry.name = topic
        entry.partitions = [OffsetDeleteRequest.OffsetDeleteRequestTopic.OffsetDeleteRequestPartition()]
        let outcome = coordinator.deleteOffsets(of: Self.group, [entry])
        return (outcome.error, outcome.topics.flatMap { $0.partitions.map(\.errorCode) })
    }

    mutating func pass(_ duration: Duration) {
        now += duration
        clock = clock.advanced(by: duration)
        keep(coordinator.expire(at: now, clock: clock))
    }

    var state: ByteString? { coordinator.classic(Self.group)?.state.name }
    var generation: Int32 { coordinator.classic(Self.group)?.generation ?? -1 }
}
