import Bytes
import KafkaProtocol

extension ClassicGroup {
    /// A member leaves, by its id or, a static one, by its instance alone.
    mutating func leave(member: ByteString, instance: ByteString?, at now: Duration) -> (error: ErrorCode, actions: [GroupAction]) {
        if instance == nil, pending.removeValue(forKey: member) != nil { return (.none, completeJoinIfAllAreThere(at: now)) }
        guard let index = instance.map(index(ofInstance:)) ?? index(of: member) else { return (.unknownMemberId, []) }
        if instance != nil, !member.isEmpty, members[index].id != member { return (.fencedInstanceId, []) }
        return (.none, remove(at: index, now: now))
    }

    /// The member is out; what it waits for is refused, and the others meet again.
    mutating func remove(at index: Int, now: Duration) -> [GroupAction] {
        let gone = members.remove(at: index)
        unsynced.remove(gone.id)
        var actions: [GroupAction] = []
        if let waiting = gone.awaitingJoin { actions.append(refusal(.unknownMemberId, gone.id, to: waiting)) }
        if let waiting = gone.awaitingSync { actions.append(syncRefusal(.unknownMemberId, to: waiting)) }
        if leader == gone.id { leader = members.first?.id }
        switch state {
        case .stable, .completingRebalance: return actions + prepareRebalance(at: now)
        case .preparingRebalance: return actions + completeJoinIfAllAreThere(at: now)
        case .empty, .dead: return actions
        }
    }

    /// Time has passed: sessions, handed-out ids and rebalances that are due end.
    mutating func expire(at now: Duration) -> [GroupAction] {
        var actions: [GroupAction] = []
        let lapsed = pending.filter { $0.value <= now }.keys
        for id in lapsed { pending[id] = nil }
        if !lapsed.isEmpty { actions += completeJoinIfAllAreThere(at: now) }
        while let index = members.firstIndex(where: { !$0.isWaiting && $0.expires <= now }) { actions += remove(at: index, now: now) }
        if let due = rebalance, due.deadline <= now {
            if due.isInitial, due.lateComer, due.remaining > .zero {
                let delay = min(limits.initialRebalanceDelay, due.remaining)
                rebalance = Rebalance(deadline: now + delay, isInitial: true, remaining: due.remaining - delay, lateComer: false)
            } else {
                actions += completeJoin(at: now)
            }
        }
        if let due = syncDeadline, due <= now {
            syncDeadline = nil
            for id in unsynced.sorted() { if let index = index(of: id) { actions += remove(at: index, now: now) } }
            unsynced = []
        }
        return actions
    }
}
