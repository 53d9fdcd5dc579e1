import Bytes
import KafkaProtocol

/// How a coordinator of the newer protocol shares partitions out.
enum Assignor: Sendable, Equatable {
    /// Evenly, and members keep what they have where that is fair.
    case uniform
    /// Topic by topic, in runs.
    case range

    init?(named name: ByteString) {
        switch name {
        case "uniform": self = .uniform
        case "range": self = .range
        default: return nil
        }
    }

    var name: ByteString { self == .uniform ? "uniform" : "range" }

    /// - Parameters:
    ///   - subscriptions: the topics that each member wants.
    ///   - current: what each member has now.
    /// - Returns: what each is to have; members that get nothing are in it too. Depends on nothing but its arguments.
    func assign(
        _ topics: [GroupTopic], subscriptions: [ByteString: Set<KafkaUUID>], current: [ByteString: ConsumerMember.Assignment]
    ) -> [ByteString: ConsumerMember.Assignment] {
        var target = subscriptions.mapValues { _ in ConsumerMember.Assignment() }
        for topic in topics.sorted(by: { $0.name < $1.name }) {
            let members = subscriptions.filter { $0.value.contains(topic.id) }.keys.sorted()
            guard !members.isEmpty else { continue }
            switch self {
            case .range: shareInRuns(topic, members, &target)
            case .uniform: shareEvenly(topic, members, current, &target)
            }
        }
        return target
    }

    private func shareInRuns(_ topic: GroupTopic, _ members: [ByteString], _ target: inout [ByteString: ConsumerMember.Assignment]) {
        let (each, extra) = Int(topic.partitions).quotientAndRemainder(dividingBy: members.count)
        var next: Int32 = 0
        for (position, member) in members.enumerated() {
            let count = Int32(each + (position < extra ? 1 : 0))
            if count > 0 { target[member, default: [:]][topic.id] = Set(next..<next + count) }
            next += count
        }
    }

    private func shareEvenly(
        _ topic: GroupTopic, _ members: [ByteString], _ current: [ByteString: ConsumerMember.Assignment],
        _ target: inout [ByteString: ConsumerMember.Assignment]
    ) {
        // Whoever has least so far gets the larger shares, so that the remainders of many topics even out.
        let held = target.mapValues { $0.values.reduce(0) { $0 + $1.count } }
        let order = members.sorted { (held[$0, default: 0], $0) < (held[$1, default: 0], $1) }
        let (each, extra) = Int(topic.partitions).quotientAndRemainder(dividingBy: members.count)
        var free = Set(0..<topic.partitions)
        var shares: [ByteString: Set<Int32>] = [:]
        for (position, member) in order.enumerated() {
            let share = each + (position < extra ? 1 : 0)
            let kept = current[member]?[topic.id, default: []].intersection(free).sorted().prefix(share) ?? []
            shares[member] = Set(kept)
            free.subtract(kept)
        }
        var rest = free.sorted()[...]
        for (position, member) in order.enumerated() {
            let wanted = each + (position < extra ? 1 : 0) - shares[member, default: []].count
            shares[member, default: []].formUnion(rest.prefix(max(0, wanted)))
            rest = rest.dropFirst(max(0, wanted))
        }
        for (member, share) in shares where !share.isEmpty { target[member, default: [:]][topic.id] = share }
    }
}
