import Bytes
import KafkaProtocol
import Seams

/// The classic protocol's calls.
extension GroupCoordinator {
    /// Why nobody may join with this request, whatever the group.
    func flaw(in request: JoinGroupRequest) -> ErrorCode? {
        if request.groupId.isEmpty { return .invalidGroupId }
        return limits.sessionTimeout.contains(.milliseconds(request.sessionTimeoutMs)) ? nil : .invalidSessionTimeout
    }

    mutating func join(_ request: JoinGroupRequest, _ call: GroupCall, chance: any ChanceSource) -> [GroupAction] {
        func refused(_ code: ErrorCode, member: ByteString? = nil) -> [GroupAction] {
            [GroupAction(token: call.token, answer: .join(.refused(code, member: member ?? request.memberId, version: call.version)))]
        }
        if let flaw = flaw(in: request) { return refused(flaw) }
        var group: ClassicGroup
        switch groups[request.groupId] {
        case .classic(let known): group = known
        case .consumer(let known) where !known.isEmpty: return refused(.inconsistentGroupProtocol)
        case .share: return refused(.inconsistentGroupProtocol)
        case .consumer, nil:
            guard request.memberId.isEmpty else { return refused(.unknownMemberId) }
            group = ClassicGroup(id: request.groupId, limits: limits)
        }
        guard group.hasRoom(for: request.memberId, atMost: limits.groupSize) else {
            group.members.removeAll { $0.id == request.memberId }
            group.pending[request.memberId] = nil
            store(group)
            return refused(.groupMaxSizeReached, member: "")
        }
        let fresh = request.memberId.isEmpty ? (request.groupInstanceId ?? call.clientID) + "-" + randomID(chance) : ""
        let actions = group.join(request, call, fresh: fresh)
        store(group)
        return actions
    }

    mutating func sync(_ request: SyncGroupRequest, _ call: GroupCall) -> [GroupAction] {
        func refused(_ code: ErrorCode) -> [GroupAction] {
            var answer = SyncGroupResponse()
            answer.errorCode = code
            return [GroupAction(token: call.token, answer: .sync(answer))]
        }
        // From version 5 a member must say which protocol it means (KIP-559).
        if call.version >= 5, request.protocolType == nil || request.protocolName == nil { return refused(.inconsistentGroupProtocol) }
        guard var group = classic(request.groupId) else { return refused(request.groupId.isEmpty ? .invalidGroupId : .unknownMemberId) }
        let actions = group.sync(request, call)
        store(group)
        return actions
    }

    mutating func heartbeat(_ request: HeartbeatRequest, _ call: GroupCall) -> HeartbeatResponse {
        var answer = HeartbeatResponse()
        answer.errorCode = request.groupId.isEmpty ? .invalidGroupId : .unknownMemberId
        if var group = classic(request.groupId) {
            answer.errorCode = group.heartbeat(request, call)
            store(group)
        }
        return answer
    }

    /// Before version 3 one member leaves and the error is the answer's; since then each member has its own.
    mutating func leave(_ request: LeaveGroupRequest, _ call: GroupCall) -> (answer: LeaveGroupResponse, actions: [GroupAction]) {
        var answer = LeaveGroupResponse()
        if request.groupId.isEmpty {
            answer.errorCode = .invalidGroupId
            return (answer, [])
        }
        var leaving = request.members
        if call.version < 3 {
            var member = LeaveGroupRequest.MemberIdentity()
            member.memberId = request.memberId
            leaving = [member]
        }
        var group = classic(request.groupId)
        var actions: [GroupAction] = []
        for identity in leaving {
            var member = LeaveGroupResponse.MemberResponse()
            member.memberId = identity.memberId
            member.groupInstanceId = identity.groupInstanceId
            member.errorCode = .unknownMemberId
            if let outcome = group?.leave(member: identity.memberId, instance: identity.groupInstanceId, at: call.now) {
                member.errorCode = outcome.error
                actions += outcome.actions
            }
            answer.members.append(member)
        }
        if let group { store(group) }
        if call.version < 3 {
            answer.errorCode = answer.members.first?.errorCode ?? .none
            answer.members = []
        }
        return (answer, actions)
    }

    /// The newer protocol's one call. `limits` are those of this group, where it has configs of its own.
    mutating func heartbeat(
        _ request: ConsumerGroupHeartbeatRequest, _ call: GroupCall, _ directory: some TopicDirectory, limits: GroupLimits? = nil,
        chance: any ChanceSource
    ) -> ConsumerGroupHeartbeatResponse {
        do throws(HeartbeatRefusal) {
            try request.validate(version: call.version)
            try request.validatePattern()
            var group: ConsumerGroup
            switch groups[request.groupId] {
            case .consumer(let known): group = known
            case .classic where request.memberEpoch != 0:
                throw HeartbeatRefusal(code: .groupIdNotFound, message: "Group " + request.groupId + " is not a consumer group.")
            case .classic(let known) where !known.isEmpty:
                throw HeartbeatRefusal(
                    code: .groupIdNotFound,
                    message: "Cannot upgrade classic group " + request.groupId + " to consumer group because online upgrade is disabled.")
            case .share:
                throw HeartbeatRefusal(code: .groupIdNotFound, message: "Group " + request.groupId + " is not a consumer group.")
            case .classic, nil:
                guard request.memberEpoch == 0 else {
                    // Who leaves is looked for in another way than who stays.
                    let noun: ByteString = request.memberEpoch < 0 ? "Group " : "Consumer group "
                    throw HeartbeatRefusal(code: .groupIdNotFound, message: noun + request.groupId + " not found.")
                }
                group = ConsumerGroup(id: request.groupId, limits: self.limits)
            }
            group.limits = limits ?? self.limits
            let member = request.memberId.isEmpty ? ByteString(randomUUID(chance).description) : request.memberId
            let answer = try group.heartbeat(request, as: member, call, directory)
            store(group)
            return answer
        } catch {
            var answer = ConsumerGroupHeartbeatResponse()
            answer.errorCode = error.code
            answer.errorMessage = error.message
            return answer
        }
    }

    /// A random UUID (RFC 9562, version 4).
    private func randomUUID(_ chance: any ChanceSource) -> KafkaUUID {
        let words = chance.bytes(16).reduce(into: KafkaUUID()) { uuid, byte in
            uuid.high = uuid.high << 8 | uuid.low >> 56
            uuid.low = uuid.low << 8 | UInt64(byte)
        }
        return KafkaUUID(
            high: words.high & 0xFFFF_FFFF_FFFF_0FFF | 0x4000, low: words.low & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// The same in its usual form, as member ids of the classic protocol end in it.
    private func randomID(_ chance: any ChanceSource) -> ByteString {
        let hex = Array(randomUUID(chance).bytes.hex.utf8)
        let parts = [hex[0..<8], hex[8..<12], hex[12..<16], hex[16..<20], hex[20..<32]]
        return ByteString(bytes: Array(parts.joined(separator: [UInt8(ascii: "-")])))
    }
}
