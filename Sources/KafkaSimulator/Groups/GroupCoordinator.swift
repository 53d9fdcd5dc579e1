import Bytes
import KafkaProtocol
import Seams

/// Every group of the cluster and what they have committed.
///
/// A value: a call goes in, answers come out, at once or as ``GroupAction``s when their time has come. Which broker
/// coordinates which group is not known here: the handlers see to it that only the coordinator is asked.
struct GroupCoordinator: Sendable {
    var limits: GroupLimits
    private(set) var groups: [ByteString: Group] = [:]
    private(set) var offsets: [ByteString: GroupOffsets] = [:]
    /// When time next changes a group; groups that it cannot change are left out.
    private var deadlines: [ByteString: Duration] = [:]
    /// When offsets and empty groups are next looked through; nil before the first call.
    private var nextRetentionCheck: Duration?

    enum Group: Sendable {
        case classic(ClassicGroup)
        case consumer(ConsumerGroup)
        case share(ShareGroup)
    }

    init(limits: GroupLimits = GroupLimits()) { self.limits = limits }

    /// Ids in byte order.
    var groupIDs: [ByteString] { groups.keys.sorted() }

    func classic(_ id: ByteString) -> ClassicGroup? {
        if case .classic(let group)? = groups[id] { group } else { nil }
    }

    func consumer(_ id: ByteString) -> ConsumerGroup? {
        if case .consumer(let group)? = groups[id] { group } else { nil }
    }

    mutating func store(_ group: ClassicGroup) {
        groups[group.id] = .classic(group)
        deadlines[group.id] = group.nextDeadline
    }

    mutating func store(_ group: ConsumerGroup) {
        groups[group.id] = .consumer(group)
        deadlines[group.id] = group.nextDeadline
    }

    mutating func store(_ group: ShareGroup) {
        groups[group.id] = .share(group)
        deadlines[group.id] = group.nextDeadline
    }

    /// Forgets the group and what it has committed.
    mutating func forget(_ id: ByteString) {
        groups[id] = nil
        offsets[id] = nil
        deadlines[id] = nil
    }

    mutating func changeOffsets(of id: ByteString, _ change: (inout GroupOffsets) -> Void) {
        change(&offsets[id, default: GroupOffsets()])
        if offsets[id]?.isEmpty == true { offsets[id] = nil }
    }

    /// A topic is gone, and with it all that was committed of it.
    mutating func topicDeleted(_ topic: ByteString, _ topicID: KafkaUUID = .zero) {
        for case .share(var group) in groups.values {
            group.topicDeleted(topicID)
            store(group)
        }
        for (id, kept) in offsets where kept.mentions(topic) { changeOffsets(of: id) { $0.removeTopic(topic) } }
    }

    /// The next moment at which ``expire(at:clock:)`` has something to do.
    var nextDeadline: Duration? {
        [deadlines.values.min(), groups.isEmpty ? nil : nextRetentionCheck].compactMap(\.self).min()
    }

    /// Time has passed: what is due happens, in the order of the groups' ids.
    mutating func expire(at now: Duration, clock: Timestamp) -> [GroupAction] {
        var actions: [GroupAction] = []
        for id in deadlines.filter({ $0.value <= now }).keys.sorted() {
            switch groups[id] {
            case .classic(var group):
                actions += group.expire(at: now)
                store(group)
            case .consumer(var group):
                group.expire(at: now)
                store(group)
            case .share(var group):
                group.expire(at: now)
                store(group)
            case nil: deadlines[id] = nil
            }
        }
        guard let check = nextRetentionCheck else {
            nextRetentionCheck = now + limits.retentionCheck
            return actions
        }
        if check <= now {
            nextRetentionCheck = now + limits.retentionCheck
            expireOffsets(at: clock)
        }
        return actions
    }

    /// Old commits of groups that nobody is in, and then groups that nothing is left of (KIP-211).
    private mutating func expireOffsets(at clock: Timestamp) {
        let limit = clock.advanced(by: .zero - limits.offsetsRetention)
        for (id, group) in groups {
            let (isEmpty, subscribed): (Bool, Set<ByteString>?) =
                switch group {
                case .classic(let group): (group.isEmpty, group.isEmpty ? [] : group.subscribedTopics)
                case .consumer(let group): (group.isEmpty, group.subscribedTopics)
                // A share group stays until it is deleted.
                case .share: (false, nil)
                }
            if let subscribed { changeOffsets(of: id) { $0.expire(committedBy: limit, keeping: subscribed) } }
            if isEmpty, offsets[id] == nil { forget(id) }
        }
    }
}
