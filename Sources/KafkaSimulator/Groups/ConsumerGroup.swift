import Bytes
import KafkaProtocol

/// A group of the newer consumer protocol (KIP-848): the coordinator shares partitions out, members follow by heartbeats.
///
/// Three numbers grow: the group epoch with each change of members, subscriptions or topics; the assignment epoch when the
/// target is worked out anew; a member's epoch when it has given back what it must and may have what is free.
struct ConsumerGroup: Sendable {
    let id: ByteString
    /// The broker's, or the group's own where it has configs.
    var limits: GroupLimits
    var epoch: Int32 = 0
    var assignmentEpoch: Int32 = 0
    var members: [ByteString: ConsumerMember] = [:]
    var target: [ByteString: ConsumerMember.Assignment] = [:]
    /// The subscribed topics as they were when the group epoch last grew.
    var topics: Set<GroupTopic> = []

    init(id: ByteString, limits: GroupLimits) {
        self.id = id
        self.limits = limits
    }

    var isEmpty: Bool { members.isEmpty }

    /// Kafka's name for the state.
    var stateName: ByteString {
        if members.isEmpty { return "Empty" }
        if epoch > assignmentEpoch { return "Assigning" }
        let settled = members.values.allSatisfy {
            $0.epoch == assignmentEpoch && $0.revoking.isEmpty && $0.assigned == target[$0.id, default: [:]]
        }
        return settled ? "Stable" : "Reconciling"
    }

    /// The assignor that most members ask for; `uniform` where they do not ask.
    var assignor: Assignor {
        let votes = members.values.compactMap { $0.assignor.flatMap(Assignor.init(named:)) }
        return votes.count { $0 == .range } > votes.count { $0 == .uniform } ? .range : .uniform
    }

    var subscribedTopics: Set<ByteString> { Set(topics.map(\.name)) }

    var nextDeadline: Duration? {
        members.values.flatMap { [$0.sessionDeadline, $0.revocationDeadline].compactMap(\.self) }.min()
    }

    func validateCommit(epoch: Int32, member: ByteString, version: Int16) -> ErrorCode {
        if epoch < 0, members.isEmpty { return .none }
        guard let known = members[member] else { return .unknownMemberId }
        if epoch == known.epoch { return .none }
        // Older versions of the call cannot say that the epoch is stale.
        return version >= 9 ? .staleMemberEpoch : .unsupportedVersion
    }

    func validateFetch(epoch: Int32, member: ByteString?) -> ErrorCode {
        guard let member, epoch >= 0 || !member.isEmpty else { return .none }
        guard let known = members[member] else { return .unknownMemberId }
        return epoch == known.epoch ? .none : .staleMemberEpoch
    }

    /// Members that were silent for too long, or keep what they were asked to give back, are out.
    mutating func expire(at now: Duration) {
        for (id, member) in members where member.sessionDeadline <= now || member.revocationDeadline.map({ $0 <= now }) == true {
            remove(id)
        }
    }

    mutating func remove(_ member: ByteString) {
        guard members.removeValue(forKey: member) != nil else { return }
        target[member] = nil
        epoch += 1
    }

    /// Works the target out, where the group has changed since.
    mutating func retarget(_ directory: some TopicDirectory) {
        let wanted = members.mapValues { $0.wanted(directory) }
        let subscribed = Set(wanted.values.joined())
        if subscribed != topics {
            topics = subscribed
            // The change that brought a member in has counted already.
            if epoch == assignmentEpoch { epoch += 1 }
        }
        guard epoch > assignmentEpoch else { return }
        target = assignor.assign(
            Array(subscribed), subscriptions: wanted.mapValues { Set($0.map(\.id)) },
            current: members.mapValues { $0.assigned.union($0.revoking) })
        assignmentEpoch = epoch
    }

    /// Takes a member as far towards its target as it can go: first it gives back, then it advances, then it gets what no
    /// other member holds any more.
    mutating func reconcile(_ id: ByteString, owned: ConsumerMember.Assignment?, at now: Duration) {
        guard var member = members[id] else { return }
        let goal = target[id, default: [:]]
        if !member.revoking.isEmpty, let owned, owned.intersection(member.revoking).isEmpty {
            member.revoking = [:]
            member.revocationDeadline = nil
        }
        if member.revoking.isEmpty {
            let surplus = member.assigned.subtracting(goal)
            if surplus.isEmpty {
                if member.epoch != assignmentEpoch { member.formerEpoch = member.epoch }
                member.epoch = assignmentEpoch
                let taken = members.filter { $0.key != id }.values.reduce(into: ConsumerMember.Assignment()) {
                    $0 = $0.union($1.assigned).union($1.revoking)
                }
                member.assigned = goal.subtracting(taken)
            } else {
                member.assigned = member.assigned.intersection(goal)
                member.revoking = surplus
                member.revocationDeadline = now + member.rebalanceTimeout
            }
        }
        members[id] = member
    }
}

extension ConsumerMember {
    /// The topics that exist and are subscribed to, by name or by pattern.
    func wanted(_ directory: some TopicDirectory) -> Set<GroupTopic> {
        var wanted = Set(topicNames.compactMap { directory.groupTopic(named: $0) })
        if !topicPattern.isEmpty, let pattern = try? Regex(topicPattern.description) {
            for name in directory.groupTopicNames where (try? pattern.wholeMatch(in: name.description)) ?? nil != nil {
                if let topic = directory.groupTopic(named: name) { wanted.insert(topic) }
            }
        }
        return wanted
    }
}
