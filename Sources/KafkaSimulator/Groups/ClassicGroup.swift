import Bytes
import KafkaProtocol

/// A group of the classic protocol: members meet (join), the leader hands out work (sync), heartbeats keep them in.
///
/// A value: each event takes the call and returns the answers that are due, its own among them or not yet. Time-outs are
/// events too (``expire(at:)``).
struct ClassicGroup: Sendable {
    enum State: Sendable {
        /// No members. Becomes PreparingRebalance by a join, Dead by deletion.
        case empty
        /// Members are to join (again). Becomes CompletingRebalance when all have, Empty when nobody is left.
        case preparingRebalance
        /// Members have joined and wait for the leader's assignment. Becomes Stable by it, PreparingRebalance by a change.
        case completingRebalance
        /// Members work. Becomes PreparingRebalance by a change.
        case stable
        /// Deleted.
        case dead
    }

    let id: ByteString
    let limits: GroupLimits
    var state = State.empty
    var generation: Int32 = 0
    var protocolType: ByteString?
    var protocolName: ByteString?
    var leader: ByteString?
    /// In the order of their joining.
    var members: [ClassicMember] = []
    /// Ids that were handed out and not used yet, with the moment at which they lapse.
    var pending: [ByteString: Duration] = [:]
    /// When the running rebalance goes on without those who are missing.
    var rebalance: Rebalance?
    /// Members that joined the generation and have not asked for their assignment yet, and when they are given up.
    var unsynced: Set<ByteString> = []
    var syncDeadline: Duration?

    struct Rebalance: Sendable, Equatable {
        var deadline: Duration
        /// Of an empty group's first rebalance: it waits for more members, however many have joined already.
        var isInitial: Bool
        /// How much longer the first rebalance may be put off for late comers.
        var remaining: Duration
        var lateComer: Bool
    }

    init(id: ByteString, limits: GroupLimits) {
        self.id = id
        self.limits = limits
    }

    var isEmpty: Bool { state == .empty }

    /// Whether the group is not yet so large that this member (a new one, if the group does not know it) has to stay out.
    func hasRoom(for member: ByteString, atMost limit: Int) -> Bool {
        switch state {
        case .empty, .dead: true
        // Whoever waits already has its place; the last ones to come back lose theirs where the limit was lowered.
        case .preparingRebalance:
            members.contains { $0.id == member && $0.awaitingJoin != nil } || members.count { $0.awaitingJoin != nil } < limit
        case .completingRebalance, .stable: index(of: member) != nil || members.count < limit
        }
    }
    /// A group that never had members: offsets alone.
    var isSimple: Bool { protocolType == nil }

    func index(of member: ByteString) -> Int? { members.firstIndex { $0.id == member } }
    func index(ofInstance instance: ByteString) -> Int? { members.firstIndex { $0.instance == instance } }

    /// The next moment at which ``expire(at:)`` has something to do.
    var nextDeadline: Duration? {
        var deadlines = Array(pending.values) + members.filter { !$0.isWaiting }.map(\.expires)
        if let rebalance { deadlines.append(rebalance.deadline) }
        if let syncDeadline { deadlines.append(syncDeadline) }
        return deadlines.min()
    }

    /// Whether the caller is who it says: unknown (25), fenced by another member of the same instance (82), or fine.
    func validate(member: ByteString, instance: ByteString?) -> ErrorCode {
        if let instance {
            guard let index = index(ofInstance: instance) else { return .unknownMemberId }
            return members[index].id == member ? .none : .fencedInstanceId
        }
        return index(of: member) == nil ? .unknownMemberId : .none
    }

    /// Protocols that every member knows.
    var candidates: Set<ByteString> {
        guard let first = members.first else { return [] }
        return members.dropFirst().reduce(into: Set(first.protocols.map(\.name))) { $0.formIntersection($1.protocols.map(\.name)) }
    }

    func supports(type: ByteString, _ protocols: [JoinGroupRequest.JoinGroupRequestProtocol]) -> Bool {
        guard !type.isEmpty, !protocols.isEmpty else { return false }
        if members.isEmpty { return true }
        return type == protocolType && !candidates.isDisjoint(with: protocols.map(\.name))
    }

    /// Topics that the members' metadata names, where the group is of consumers; nil where that is unknown.
    var subscribedTopics: Set<ByteString>? {
        guard protocolType == "consumer", let protocolName else { return nil }
        return members.reduce(into: []) { $0.formUnion(Subscription.topics(in: $1.metadata(of: protocolName))) }
    }

    mutating func heartbeat(_ request: HeartbeatRequest, _ call: GroupCall) -> ErrorCode {
        let identity = validate(member: request.memberId, instance: request.groupInstanceId)
        guard identity == .none, let index = index(of: request.memberId) else { return identity }
        guard request.generationId == generation else { return .illegalGeneration }
        switch state {
        case .empty: return .unknownMemberId
        case .dead: return .coordinatorNotAvailable
        case .preparingRebalance:
            members[index].heard(at: call.now)
            return .rebalanceInProgress
        case .completingRebalance, .stable:
            members[index].heard(at: call.now)
            return .none
        }
    }

    /// Whether a commit is welcome: from a member of this generation, or from outside while nobody is in.
    func validateCommit(generation: Int32, member: ByteString, instance: ByteString?) -> ErrorCode {
        if state == .dead { return .coordinatorNotAvailable }
        if generation < 0, state == .empty { return .none }
        if generation >= 0 || !member.isEmpty || instance != nil {
            let identity = validate(member: member, instance: instance)
            if identity != .none { return identity }
            if generation != self.generation { return .illegalGeneration }
        } else if state != .empty {
            return .unknownMemberId
        }
        return state == .completingRebalance ? .rebalanceInProgress : .none
    }
}

extension ClassicGroup.State {
    /// Kafka's name for it.
    var name: ByteString {
        switch self {
        case .empty: "Empty"
        case .preparingRebalance: "PreparingRebalance"
        case .completingRebalance: "CompletingRebalance"
        case .stable: "Stable"
        case .dead: "Dead"
        }
    }
}
