import Bytes
import KafkaProtocol

extension ClassicGroup {
    /// A member asks for its part; the leader brings everybody's.
    mutating func sync(_ request: SyncGroupRequest, _ call: GroupCall) -> [GroupAction] {
        let identity = validate(member: request.memberId, instance: request.groupInstanceId)
        guard identity == .none, let index = index(of: request.memberId) else { return [syncRefusal(identity, to: call.waiting)] }
        if request.generationId != generation { return [syncRefusal(.illegalGeneration, to: call.waiting)] }
        if let type = request.protocolType, type != protocolType {
            return [syncRefusal(.inconsistentGroupProtocol, to: call.waiting)]
        }
        if let name = request.protocolName, name != protocolName {
            return [syncRefusal(.inconsistentGroupProtocol, to: call.waiting)]
        }
        switch state {
        case .empty, .dead: return [syncRefusal(.unknownMemberId, to: call.waiting)]
        case .preparingRebalance: return [syncRefusal(.rebalanceInProgress, to: call.waiting)]
        case .stable:
            unsynced.remove(members[index].id)
            if unsynced.isEmpty { syncDeadline = nil }
            members[index].heard(at: call.now)
            return [synced(members[index], to: call.waiting)]
        case .completingRebalance:
            unsynced.remove(members[index].id)
            let earlier = members[index].awaitingSync.map { syncRefusal(.rebalanceInProgress, to: $0) }
            members[index].awaitingSync = call.waiting
            guard leader == members[index].id else { return [earlier].compactMap(\.self) }
            return [earlier].compactMap(\.self) + distribute(request.assignments, at: call.now)
        }
    }

    /// Whoever the leader left out gets nothing: an empty assignment.
    private mutating func distribute(_ assignments: [SyncGroupRequest.SyncGroupRequestAssignment], at now: Duration) -> [GroupAction] {
        let parts = Dictionary(assignments.map { ($0.memberId, $0.assignment) }, uniquingKeysWith: { _, last in last })
        var actions: [GroupAction] = []
        for index in members.indices {
            members[index].assignment = parts[members[index].id] ?? Blob()
            guard let waiting = members[index].awaitingSync else { continue }
            members[index].awaitingSync = nil
            members[index].heard(at: now)
            actions.append(synced(members[index], to: waiting))
        }
        state = .stable
        if unsynced.isEmpty { syncDeadline = nil }
        return actions
    }

    private func synced(_ member: ClassicMember, to waiting: ClassicMember.Waiting) -> GroupAction {
        var answer = SyncGroupResponse()
        answer.protocolType = protocolType
        answer.protocolName = protocolName
        answer.assignment = member.assignment
        return GroupAction(token: waiting.token, answer: .sync(answer))
    }

    func syncRefusal(_ error: ErrorCode, to waiting: ClassicMember.Waiting) -> GroupAction {
        var answer = SyncGroupResponse()
        answer.errorCode = error
        return GroupAction(token: waiting.token, answer: .sync(answer))
    }
}
