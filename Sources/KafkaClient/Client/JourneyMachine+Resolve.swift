import KafkaProtocol
import Seams

/// Where to.
extension JourneyMachine {
    mutating func resolve(_ outlook: Outlook, _ now: Duration, _ chance: any ChanceSource) -> Step {
        if outlook.isCancelled { return fail(.cancelled(broker: nil, api: nil, sent: false), .giveUp, outlook, now, chance) }
        if outlook.isClosed { return fail(.closed, .giveUp, outlook, now, chance) }
        if destination == .anyBroker { return arrive(at: anyAddress(outlook, chance), outlook, now, chance) }
        if outlook.broker != nil { return identified(outlook.broker, outlook, now, chance) }
        state = .identifying
        switch destination {
        case .groupCoordinator(let group): return Step(action: .findCoordinator(of: group))
        case .leader(let partition): return Step(action: .refresh(topic: partition.topic))
        case .anyBroker, .broker, .controller: return Step(action: .refresh(topic: nil))
        }
    }

    mutating func identified(_ broker: Int32?, _ outlook: Outlook, _ now: Duration, _ chance: any ChanceSource) -> Step {
        guard let broker else { return fail(nobody, .afterRefresh, outlook, now, chance) }
        if outlook.nodes[broker] != nil { return located(broker, outlook, now, chance) }
        state = .locating(broker)
        return Step(action: .refresh(topic: nil))
    }

    mutating func located(_ broker: Int32, _ outlook: Outlook, _ now: Duration, _ chance: any ChanceSource) -> Step {
        guard let node = outlook.nodes[broker] else {
            let known = outlook.nodes.keys.sorted().map(String.init).joined(separator: ", ")
            let error = KafkaError(
                .cannotConnect, broker: "broker \(broker)", outcome: .notSent,
                cause: "the broker is not in the cluster at the moment (there are \(known))",
                hint: "Check whether it is up and has joined the cluster.")
            return fail(error, .reconnect, outlook, now, chance)
        }
        // A call that comes to it anew knows already; one that has waited for it goes on.
        if attempts == 1, let failure = outlook.unreachable[node.address] { return fail(failure, .giveUp, outlook, now, chance) }
        return arrive(at: node.address, outlook, now, chance)
    }

    private mutating func arrive(at next: BrokerAddress, _ outlook: Outlook, _ now: Duration, _ chance: any ChanceSource) -> Step {
        address = next
        connectLimit = patience(outlook, now)
        guard let until = outlook.throttled[next], until > now else { return depart(to: next) }
        guard until < deadline else {
            let error = KafkaError(
                .timedOut, broker: outlook.name(of: next), outcome: .notSent,
                cause: "the broker's quota keeps us waiting for \((until - now).words), beyond the limit of this call",
                hint: "Raise the quota of this user or client id, or default.api.timeout.ms.")
            return fail(error, .giveUp, outlook, now, chance)
        }
        state = .throttled(next)
        return Step(action: .waitForQuota(until - now))
    }

    /// Somebody who was not tried yet, else each in turn.
    private func anyAddress(_ outlook: Outlook, _ chance: any ChanceSource) -> BrokerAddress {
        let all = outlook.candidates { addresses in
            let sorted = addresses.sorted { $0.description < $1.description }
            guard sorted.count > 1 else { return sorted }
            let turn = chance.number(in: 0...sorted.count - 1)
            return Array(sorted[turn...] + sorted[..<turn])
        }
        if let untried = all.first(where: { !tried.contains($0) }) { return untried }
        // The configuration has one bootstrap server at least, so there is always a candidate.
        let left = all.filter { barred[$0] == nil }
        return left.isEmpty ? all[attempts % all.count] : left[attempts % left.count]
    }

    /// Where somebody else may answer too, one that accepts connections and says nothing must not take all of the time: it gets a share of
    /// what is left of it, as many as may be tried in vain, and a tenth is kept for the call itself.
    private func patience(_ outlook: Outlook, _ now: Duration) -> Duration {
        guard destination == .anyBroker else { return limits.connectTimeout }
        let candidates = outlook.candidates()
        guard candidates.count > 1 else { return limits.connectTimeout }
        let untried = candidates.filter { !tried.contains($0) }.count
        let share = (deadline - now) * 9 / (10 * max(1, min(untried, limits.connectAttempts)))
        return min(limits.connectTimeout, share)
    }

    private var nobody: KafkaError {
        func error(_ cause: String, _ hint: String) -> KafkaError {
            KafkaError(.brokerError(.leaderNotAvailable), outcome: .notSent, cause: cause, hint: hint)
        }
        if case .leader(let partition) = destination {
            return error("partition \(partition) has no leader, or does not exist", "Check the topic and its replicas.")
        }
        return error("the cluster has no controller at the moment", "Check that a quorum of the controllers is up.")
    }
}
