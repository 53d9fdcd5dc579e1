import Bytes
import KafkaProtocol

/// Why a heartbeat of the newer protocol is refused.
struct HeartbeatRefusal: Error, Equatable {
    var code: ErrorCode
    /// As the broker words it.
    var message: ByteString

    static func invalid(_ message: ByteString) -> HeartbeatRefusal { HeartbeatRefusal(code: .invalidRequest, message: message) }
}

extension ConsumerGroupHeartbeatRequest {
    /// What is wrong with it, whatever the group. Epochs: 0 joins, above 0 stays, -1 leaves, -2 leaves for a while.
    func validate(version: Int16) throws(HeartbeatRefusal) {
        if groupId.isEmpty { throw .invalid("GroupId can't be empty.") }
        if version >= 1 || memberEpoch != 0, memberId.isEmpty { throw .invalid("MemberId can't be empty.") }
        if instanceId?.isEmpty == true { throw .invalid("InstanceId can't be empty.") }
        if rackId?.isEmpty == true { throw .invalid("RackId can't be empty.") }
        if memberEpoch < -2 { throw .invalid("MemberEpoch is invalid.") }
        if memberEpoch == -2, instanceId == nil { throw .invalid("InstanceId can't be null.") }
        if memberEpoch == 0 {
            if rebalanceTimeoutMs == -1 { throw .invalid("RebalanceTimeoutMs must be provided in first request.") }
            if topicPartitions?.isEmpty != true { throw .invalid("TopicPartitions must be empty when (re-)joining.") }
            if subscribedTopicNames == nil, subscribedTopicRegex == nil {
                throw .invalid("Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.")
            }
        }
        if let serverAssignor, Assignor(named: serverAssignor) == nil {
            throw HeartbeatRefusal(
                code: .unsupportedAssignor,
                message: "ServerAssignor " + serverAssignor + " is not supported. Supported assignors: uniform, range.")
        }
    }

    /// Whether the pattern of topics is one, which only the coordinator looks at.
    func validatePattern() throws(HeartbeatRefusal) {
        if let pattern = subscribedTopicRegex, !pattern.isEmpty, (try? Regex(pattern.description)) == nil {
            throw HeartbeatRefusal(
                code: .invalidRegularExpression, message: "SubscribedTopicRegex `" + pattern + "` is not a valid regular expression.")
        }
    }
}

extension ConsumerGroup {
    /// A member joins, stays or leaves. `member` is its id, given by itself or, in version 0, by the coordinator.
    mutating func heartbeat(
        _ request: ConsumerGroupHeartbeatRequest, as member: ByteString, _ call: GroupCall, _ directory: some TopicDirectory
    ) throws(HeartbeatRefusal) -> ConsumerGroupHeartbeatResponse {
        if request.memberEpoch < 0 { return try leave(request, member) }
        let joined = try admit(request, as: member, call)
        retarget(directory)
        let before = members[joined]?.assigned
        let epochBefore = members[joined]?.epoch
        let owned = request.topicPartitions.map { $0.reduce(into: ConsumerMember.Assignment()) { $0[$1.topicId] = Set($1.partitions) } }
        reconcile(joined, owned: owned, at: call.now)
        guard let state = members[joined] else { throw HeartbeatRefusal(code: .unknownMemberId, message: "Member " + member + " left.") }
        var answer = ConsumerGroupHeartbeatResponse()
        answer.memberId = joined
        answer.memberEpoch = state.epoch
        answer.heartbeatIntervalMs = Int32(clamping: limits.consumerHeartbeatInterval.wholeMilliseconds)
        // The assignment is sent when it changed, and to a member that says all about itself again.
        let isFull = request.memberEpoch == 0 || request.rebalanceTimeoutMs != -1 && request.topicPartitions != nil
        if isFull || before != state.assigned || epochBefore != state.epoch { answer.assignment = .init(state.assigned) }
        return answer
    }

    private mutating func leave(
        _ request: ConsumerGroupHeartbeatRequest, _ member: ByteString
    ) throws(HeartbeatRefusal) -> ConsumerGroupHeartbeatResponse {
        guard let known = members[member] else { throw unknown(member) }
        if let instance = request.instanceId, known.instance != instance {
            throw fenced(member, instance, by: members.values.first { $0.instance == instance }?.id ?? member)
        }
        if request.memberEpoch == -2 { members[member]?.epoch = -2 } else { remove(member) }
        var answer = ConsumerGroupHeartbeatResponse()
        answer.memberId = member
        answer.memberEpoch = request.memberEpoch
        return answer
    }

    /// The member as it is now known, new or changed; its id is returned.
    private mutating func admit(
        _ request: ConsumerGroupHeartbeatRequest, as id: ByteString, _ call: GroupCall
    ) throws(HeartbeatRefusal) -> ByteString {
        if members[id] == nil, members.count >= limits.consumerGroupSize {
            throw HeartbeatRefusal(
                code: .groupMaxSizeReached,
                message: ByteString("The consumer group has reached its maximum capacity of \(limits.consumerGroupSize) members."))
        }
        var member: ConsumerMember
        var isNew = false
        let namesake = request.instanceId.flatMap { instance in members.values.first { $0.instance == instance } }
        if let known = members[id] {
            if let instance = request.instanceId, known.instance != instance { throw fenced(id, instance, by: namesake?.id ?? id) }
            try check(request, known)
            member = known
        } else if let namesake {
            guard request.memberEpoch == 0 else { throw fenced(id, request.instanceId ?? "", by: namesake.id) }
            guard namesake.epoch == -2 else {
                throw HeartbeatRefusal(
                    code: .unreleasedInstanceId,
                    message: "Static member " + id + " with instance id " + (request.instanceId ?? "")
                        + " cannot join the group because the instance id is owned by " + namesake.id + " member.")
            }
            members[namesake.id] = nil
            target[id] = target.removeValue(forKey: namesake.id)
            member = namesake
            member.id = id
            member.epoch = 0
        } else {
            guard request.memberEpoch == 0 else { throw unknown(id) }
            member = ConsumerMember(
                id: id, instance: request.instanceId, clientID: call.clientID, clientHost: call.clientHost,
                rebalanceTimeout: .milliseconds(request.rebalanceTimeoutMs), sessionDeadline: call.now)
            isNew = true
        }
        let before = (member.topicNames, member.topicPattern, member.assignor)
        if request.memberEpoch == 0, !isNew {
            // It starts over: it owns nothing any more.
            member.revoking = [:]
            member.revocationDeadline = nil
            member.assigned = [:]
        }
        if let rack = request.rackId { member.rack = rack }
        if request.rebalanceTimeoutMs != -1 { member.rebalanceTimeout = .milliseconds(request.rebalanceTimeoutMs) }
        if let names = request.subscribedTopicNames { member.topicNames = Set(names) }
        if let pattern = request.subscribedTopicRegex { member.topicPattern = pattern }
        if let assignor = request.serverAssignor { member.assignor = assignor }
        member.clientID = call.clientID
        member.clientHost = call.clientHost
        member.sessionDeadline = call.now + limits.consumerSessionTimeout
        members[id] = member
        if isNew || before != (member.topicNames, member.topicPattern, member.assignor) { epoch += 1 }
        return id
    }

    /// A heartbeat must know the member's epoch; the one before counts while the answer that raised it may be lost.
    private func check(_ request: ConsumerGroupHeartbeatRequest, _ member: ConsumerMember) throws(HeartbeatRefusal) {
        guard request.memberEpoch != 0, request.memberEpoch != member.epoch else { return }
        let owned = request.topicPartitions?.reduce(into: ConsumerMember.Assignment()) { $0[$1.topicId] = Set($1.partitions) }
        if request.memberEpoch == member.formerEpoch, let owned, member.owns(owned) { return }
        let which = request.memberEpoch > member.epoch ? "greater" : "smaller"
        throw HeartbeatRefusal(
            code: .fencedMemberEpoch,
            message: ByteString(
                "The consumer group member has a \(which) member epoch (\(request.memberEpoch)) than the one known by the group "
                    + "coordinator (\(member.epoch)). The member must abandon all its partitions and rejoin."))
    }

    private func unknown(_ member: ByteString) -> HeartbeatRefusal {
        HeartbeatRefusal(code: .unknownMemberId, message: "Member " + member + " is not a member of group " + id + ".")
    }

    private func fenced(_ member: ByteString, _ instance: ByteString, by other: ByteString) -> HeartbeatRefusal {
        HeartbeatRefusal(
            code: .fencedInstanceId,
            message: "Static member " + member + " with instance id " + instance + " was fenced by member " + other + ".")
    }
}

extension ConsumerGroupHeartbeatResponse.Assignment {
    init(_ assignment: ConsumerMember.Assignment) {
        self.init()
        topicPartitions = assignment.keys.sorted().map { topic in
            var part = ConsumerGroupHeartbeatResponse.TopicPartitions()
            part.topicId = topic
            part.partitions = assignment[topic, default: []].sorted()
            return part
        }
    }
}
