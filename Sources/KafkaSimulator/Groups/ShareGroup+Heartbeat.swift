import Bytes
import KafkaProtocol

extension ShareGroupHeartbeatRequest {
    /// What is wrong with it, whatever the group. Epochs: 0 joins, above 0 stays, -1 leaves.
    func validate() throws(HeartbeatRefusal) {
        if memberId.isEmpty { throw .invalid("MemberId can't be empty.") }
        if groupId.isEmpty { throw .invalid("GroupId can't be empty.") }
        if rackId?.isEmpty == true { throw .invalid("RackId can't be empty.") }
        if memberEpoch == 0, subscribedTopicNames?.isEmpty != false {
            throw .invalid("SubscribedTopicNames must be set in first request.")
        }
        if memberEpoch < -1 { throw .invalid("MemberEpoch is invalid.") }
    }
}

extension ShareGroup {
    /// A member joins, stays or leaves.
    mutating func heartbeat(
        _ request: ShareGroupHeartbeatRequest, _ limits: GroupLimits, _ call: GroupCall, _ directory: some TopicDirectory
    ) throws(HeartbeatRefusal) -> ShareGroupHeartbeatResponse {
        var answer = ShareGroupHeartbeatResponse()
        answer.memberId = request.memberId
        answer.memberEpoch = request.memberEpoch
        if request.memberEpoch == -1 {
            guard members[request.memberId] != nil else { throw unknown(request.memberId) }
            remove(request.memberId)
            return answer
        }
        var member = try admit(request, limits, call)
        let changed = request.subscribedTopicNames.map { Set($0) != member.topicNames } ?? false
        if let names = request.subscribedTopicNames { member.topicNames = Set(names) }
        if let rack = request.rackId { member.rack = rack }
        member.clientID = call.clientID
        member.clientHost = call.clientHost
        member.sessionDeadline = call.now + limits.shareSessionTimeout
        if members[member.id] == nil || changed { epoch += 1 }
        members[member.id] = member
        retarget(directory)
        let before = member.assigned
        member.assigned = target[member.id, default: [:]]
        if member.epoch != assignmentEpoch {
            member.formerEpoch = member.epoch
            member.epoch = assignmentEpoch
        }
        members[member.id] = member
        for topic in topics where startOffsets[topic.id]?.count ?? 0 < Int(topic.partitions) {
            initializing[topic.id] = Set(0..<topic.partitions).subtracting(initialized[topic.id] ?? [])
        }
        answer.memberEpoch = member.epoch
        answer.heartbeatIntervalMs = Int32(clamping: limits.shareHeartbeatInterval.wholeMilliseconds)
        // The assignment is sent when it changed, and to a member that says all about itself again.
        if request.memberEpoch == 0 || request.subscribedTopicNames != nil || before != member.assigned {
            answer.assignment = .init(member.assigned)
        }
        return answer
    }

    /// The member as it was, or a new one; epochs must fit.
    private func admit(
        _ request: ShareGroupHeartbeatRequest, _ limits: GroupLimits, _ call: GroupCall
    ) throws(HeartbeatRefusal) -> ShareMember {
        guard let member = members[request.memberId] else {
            if members.count >= limits.shareGroupSize {
                throw HeartbeatRefusal(
                    code: .groupMaxSizeReached,
                    message: ByteString("The share group has reached its maximum capacity of \(limits.shareGroupSize) members."))
            }
            guard request.memberEpoch == 0 else { throw unknown(request.memberId) }
            return ShareMember(
                id: request.memberId, clientID: call.clientID, clientHost: call.clientHost, sessionDeadline: call.now)
        }
        // The epoch before counts while the answer that raised it may be lost.
        if [0, member.epoch, member.formerEpoch].contains(request.memberEpoch) { return member }
        let isGreater = request.memberEpoch > member.epoch
        let former = isGreater ? "" : ", and it does not match the previous member epoch (\(member.formerEpoch))"
        throw HeartbeatRefusal(
            code: .fencedMemberEpoch,
            message: ByteString(
                "The share group member has a \(isGreater ? "greater" : "smaller") member epoch (\(request.memberEpoch)) than the one "
                    + "known by the group coordinator (\(member.epoch))\(former). The member must abandon all its partitions and rejoin."))
    }

    private func unknown(_ member: ByteString) -> HeartbeatRefusal {
        HeartbeatRefusal(code: .unknownMemberId, message: "Member " + member + " is not a member of group " + id + ".")
    }
}

extension ShareGroupHeartbeatResponse.Assignment {
    init(_ assignment: ConsumerMember.Assignment) {
        self.init()
        topicPartitions = assignment.keys.sorted().map { topic in
            var part = ShareGroupHeartbeatResponse.TopicPartitions()
            part.topicId = topic
            part.partitions = assignment[topic, default: []].sorted()
            return part
        }
    }
}
