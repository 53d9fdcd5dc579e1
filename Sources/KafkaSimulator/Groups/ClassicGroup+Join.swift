import Bytes
import KafkaProtocol

extension ClassicGroup {
    /// A member joins, or joins again. `fresh` is the id that a member without one gets.
    mutating func join(_ request: JoinGroupRequest, _ call: GroupCall, fresh: ByteString) -> [GroupAction] {
        if state == .dead { return [refusal(.coordinatorNotAvailable, request.memberId, to: call.waiting)] }
        guard supports(type: request.protocolType, request.protocols) else {
            return [refusal(.inconsistentGroupProtocol, request.memberId, to: call.waiting)]
        }
        if !request.memberId.isEmpty { return joinAgain(request, call) }
        if let instance = request.groupInstanceId {
            if let index = index(ofInstance: instance) { return replace(at: index, by: fresh, request, call) }
        } else if call.version >= 4 {
            // A member must come back with its id, so that one whose answer got lost does not haunt the group (KIP-394).
            pending[fresh] = call.now + .milliseconds(request.sessionTimeoutMs)
            return [refusal(.memberIdRequired, fresh, to: call.waiting)]
        }
        return admit(fresh, request, call)
    }

    private mutating func joinAgain(_ request: JoinGroupRequest, _ call: GroupCall) -> [GroupAction] {
        if pending[request.memberId] != nil, request.groupInstanceId == nil { return admit(request.memberId, request, call) }
        let identity = validate(member: request.memberId, instance: request.groupInstanceId)
        guard identity == .none, let index = index(of: request.memberId) else {
            return [refusal(identity, request.memberId, to: call.waiting)]
        }
        let unchanged = members[index].offers(request.protocols)
        switch state {
        case .preparingRebalance:
            return renew(index, request, call) + completeJoinIfAllAreThere(at: call.now)
        case .completingRebalance where unchanged:
            // The answer got lost: the same again.
            return [joined(members[index], to: call.waiting)]
        case .stable where unchanged && leader != request.memberId:
            return [joined(members[index], to: call.waiting)]
        case .completingRebalance, .stable:
            return renew(index, request, call) + prepareRebalance(at: call.now)
        case .empty, .dead:
            return [refusal(.unknownMemberId, request.memberId, to: call.waiting)]
        }
    }

    private mutating func admit(_ id: ByteString, _ request: JoinGroupRequest, _ call: GroupCall) -> [GroupAction] {
        pending[id] = nil
        if members.isEmpty { protocolType = request.protocolType }
        if leader == nil { leader = id }
        members.append(ClassicMember(id: id, request, call))
        rebalance?.lateComer = true
        return prepareRebalance(at: call.now)
    }

    /// The member's new terms; it waits for the generation to come.
    private mutating func renew(_ index: Int, _ request: JoinGroupRequest, _ call: GroupCall) -> [GroupAction] {
        let earlier = members[index].awaitingJoin.map { refusal(.rebalanceInProgress, members[index].id, to: $0) }
        let sync = members[index].awaitingSync.map { syncRefusal(.rebalanceInProgress, to: $0) }
        var member = ClassicMember(id: members[index].id, request, call)
        member.assignment = members[index].assignment
        members[index] = member
        return [earlier, sync].compactMap(\.self)
    }

    /// A static member came back without its id: the instance goes on under a new one, and the old one is fenced.
    private mutating func replace(at index: Int, by id: ByteString, _ request: JoinGroupRequest, _ call: GroupCall) -> [GroupAction] {
        let old = members[index]
        var actions: [GroupAction] = []
        if let waiting = old.awaitingJoin { actions.append(refusal(.fencedInstanceId, old.id, to: waiting)) }
        if let waiting = old.awaitingSync { actions.append(syncRefusal(.fencedInstanceId, to: waiting)) }
        var member = ClassicMember(id: id, request, call)
        member.assignment = old.assignment
        members[index] = member
        if unsynced.remove(old.id) != nil { unsynced.insert(id) }
        let formerLeader = leader
        if leader == old.id { leader = id }
        switch state {
        case .preparingRebalance: return actions + completeJoinIfAllAreThere(at: call.now)
        case .stable where selectedProtocol == protocolName:
            members[index].awaitingJoin = nil
            var action = joined(members[index], to: call.waiting)
            if case .join(var answer) = action.answer {
                // From version 9 a returning leader is told that there is nothing to assign (KIP-814); before, it is kept
                // from assigning by being told of another leader.
                if call.version >= 9 { answer.skipAssignment = leader == id } else { answer.leader = formerLeader ?? "" }
                if call.version < 9 { answer.members = [] }
                action.answer = .join(answer)
            }
            return actions + [action]
        case .stable, .completingRebalance: return actions + prepareRebalance(at: call.now)
        case .empty, .dead: return actions + [refusal(.unknownMemberId, id, to: call.waiting)]
        }
    }

    /// The protocol that most members prefer among those that all know.
    private var selectedProtocol: ByteString? {
        let candidates = candidates
        let votes = members.compactMap { $0.vote(candidates) }.reduce(into: [ByteString: Int]()) { $0[$1, default: 0] += 1 }
        return votes.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }

    /// Members are to join anew: those that wait for an assignment hear it now, the others by their next heartbeat.
    mutating func prepareRebalance(at now: Duration) -> [GroupAction] {
        guard state != .preparingRebalance else { return completeJoinIfAllAreThere(at: now) }
        var actions: [GroupAction] = []
        if state == .completingRebalance {
            for index in members.indices {
                members[index].assignment = Blob()
                if let waiting = members[index].awaitingSync { actions.append(syncRefusal(.rebalanceInProgress, to: waiting)) }
                members[index].awaitingSync = nil
            }
        }
        let longest = members.map(\.rebalanceTimeout).max() ?? .zero
        let isInitial = state == .empty && limits.initialRebalanceDelay > .zero
        let delay = isInitial ? min(limits.initialRebalanceDelay, longest) : longest
        rebalance = Rebalance(deadline: now + delay, isInitial: isInitial, remaining: longest - delay, lateComer: false)
        state = .preparingRebalance
        unsynced = []
        syncDeadline = nil
        return actions + completeJoinIfAllAreThere(at: now)
    }

    mutating func completeJoinIfAllAreThere(at now: Duration) -> [GroupAction] {
        guard state == .preparingRebalance, rebalance?.isInitial == false, pending.isEmpty,
            members.allSatisfy({ $0.awaitingJoin != nil })
        else { return [] }
        return completeJoin(at: now)
    }

    /// The next generation begins with those who have joined. Static members that have not are kept for as long as their
    /// session lasts; the others are out.
    mutating func completeJoin(at now: Duration) -> [GroupAction] {
        members.removeAll { $0.awaitingJoin == nil && $0.instance == nil }
        if let current = leader.flatMap(index(of:)).map({ members[$0] }), current.awaitingJoin != nil {
            // The leader stays.
        } else if let next = members.first(where: { $0.awaitingJoin != nil }) {
            leader = next.id
        } else if !members.isEmpty {
            rebalance?.isInitial = false
            rebalance?.deadline = now + (members.map(\.rebalanceTimeout).max() ?? .zero)
            return []
        }
        generation += 1
        rebalance = nil
        guard !members.isEmpty else {
            state = .empty
            protocolName = nil
            leader = nil
            return []
        }
        state = .completingRebalance
        protocolName = selectedProtocol
        unsynced = Set(members.map(\.id))
        syncDeadline = now + (members.map(\.rebalanceTimeout).max() ?? .zero)
        var actions: [GroupAction] = []
        for index in members.indices {
            guard let waiting = members[index].awaitingJoin else { continue }
            members[index].awaitingJoin = nil
            members[index].heard(at: now)
            actions.append(joined(members[index], to: waiting))
        }
        return actions
    }

    private func joined(_ member: ClassicMember, to waiting: ClassicMember.Waiting) -> GroupAction {
        var answer = JoinGroupResponse()
        answer.generationId = generation
        answer.protocolType = protocolType
        answer.protocolName = protocolName ?? (waiting.version < 7 ? "" : nil)
        answer.leader = leader ?? ""
        answer.memberId = member.id
        if leader == member.id, let protocolName {
            answer.members = members.map {
                var other = JoinGroupResponse.JoinGroupResponseMember()
                other.memberId = $0.id
                other.groupInstanceId = $0.instance
                other.metadata = $0.metadata(of: protocolName)
                return other
            }
        }
        return GroupAction(token: waiting.token, answer: .join(answer))
    }

    func refusal(_ error: ErrorCode, _ member: ByteString, to waiting: ClassicMember.Waiting) -> GroupAction {
        GroupAction(token: waiting.token, answer: .join(.refused(error, member: member, version: waiting.version)))
    }
}

extension ClassicMember {
    /// A member that waits for its generation, on the terms of its request.
    init(id: ByteString, _ request: JoinGroupRequest, _ call: GroupCall) {
        let session = Duration.milliseconds(request.sessionTimeoutMs)
        self.init(
            id: id, instance: request.groupInstanceId, clientID: call.clientID, clientHost: call.clientHost, sessionTimeout: session,
            // Version 0 has no such field: the session's time-out stands for it.
            rebalanceTimeout: request.rebalanceTimeoutMs < 0 ? session : .milliseconds(request.rebalanceTimeoutMs),
            protocols: request.protocols, expires: call.now + session, awaitingJoin: call.waiting)
    }
}

extension GroupCall {
    var waiting: ClassicMember.Waiting { ClassicMember.Waiting(token: token, version: version) }
}

extension JoinGroupResponse {
    /// An error; the protocol's name could not be absent before version 7.
    static func refused(_ error: ErrorCode, member: ByteString, version: Int16) -> JoinGroupResponse {
        var answer = JoinGroupResponse()
        answer.errorCode = error
        answer.memberId = member
        answer.protocolName = version < 7 ? "" : nil
        return answer
    }
}
