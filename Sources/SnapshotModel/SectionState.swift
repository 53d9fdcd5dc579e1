public import Bytes

/// How much of a section was captured, and why not more. None is not empty: each way of having nothing has its own word.
public struct SectionState: Hashable, Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        /// What the caller may see was read.
        case captured
        /// The cluster has no such call.
        case unsupported
        /// The cluster refused to tell.
        case forbidden
        /// The feature is switched off there (no authorizer, no share groups …).
        case disabled
        /// Nothing could be read.
        case unread

        /// Whether what is in the section says something of what the cluster holds: not where the cluster, or its registry, gave nothing.
        public var isRead: Bool { self != .unread && self != .forbidden }
    }

    /// A part that could not be read: a broker, a group …
    public struct UnreadPart: Hashable, Sendable {
        public var what: String
        public var why: String

        public init(what: String, why: String) {
            self.what = what
            self.why = why
        }

        var json: JSON { .object(["what": .text(what), "why": .text(why)]) }

        static func read(_ items: [JSON], of noun: String) throws(ManifestError) -> [UnreadPart] {
            var parts: [UnreadPart] = []
            for item in items {
                var part = try Fields(item, of: noun)
                parts.append(UnreadPart(what: try part.text("what"), why: try part.text("why")))
                try part.refuseRest()
            }
            return parts
        }
    }

    public var outcome: Outcome
    /// Why the outcome is not `captured`; nil where it is.
    public var reason: String?
    public var unread: [UnreadPart]
    /// Resources that changed during the sweep each time they were read again.
    public var moved: [ResourceID]
    /// Why some resources may be hidden from the caller; nil where nothing is.
    public var limited: String?
    /// What the source offers no way to look at: there may be something or nothing, and it is not in the section. Known beforehand and told,
    /// so a section with such is complete all the same.
    public var blindSpots: [UnreadPart]
    /// How many more of them there are, in the kind's section of gaps (``LongList``).
    public var moreUnread = 0
    public var moreMoved = 0
    /// Members that a newer version wrote; kept as they are.
    public var extra: [ByteString: JSON]

    public init(
        outcome: Outcome, reason: String? = nil, unread: [UnreadPart] = [], moved: [ResourceID] = [], limited: String? = nil,
        blindSpots: [UnreadPart] = [], extra: [ByteString: JSON] = [:]
    ) {
        self.outcome = outcome
        self.reason = reason
        self.unread = unread
        self.moved = moved
        self.limited = limited
        self.blindSpots = blindSpots
        self.extra = extra
    }

    /// Everything was read and nothing moved meanwhile.
    public static let stable = SectionState(outcome: .captured)
    public static func unsupported(_ reason: String) -> SectionState { SectionState(outcome: .unsupported, reason: reason) }
    public static func forbidden(_ reason: String) -> SectionState { SectionState(outcome: .forbidden, reason: reason) }
    public static func disabled(_ reason: String) -> SectionState { SectionState(outcome: .disabled, reason: reason) }
    public static func unread(_ reason: String) -> SectionState { SectionState(outcome: .unread, reason: reason) }

    /// Everything that the cluster holds was read (some of it may have moved meanwhile).
    public var isComplete: Bool { outcome == .captured && unread.isEmpty && limited == nil }

    public var unreadCount: Int { unread.count + moreUnread }
    public var movedCount: Int { moved.count + moreMoved }

    /// Complete, and nothing moved.
    public var isStable: Bool { isComplete && moved.isEmpty }

    public var json: JSON {
        var members = extra
        members["outcome"] = .text(outcome.rawValue)
        if let reason { members["reason"] = .text(reason) }
        if let limited { members["limited"] = .text(limited) }
        if !moved.isEmpty { members["moved"] = .array(moved.map(\.json)) }
        if !unread.isEmpty { members["unread"] = .array(unread.map(\.json)) }
        if !blindSpots.isEmpty { members["blindSpots"] = .array(blindSpots.map(\.json)) }
        if moreMoved > 0 { members["moreMoved"] = .integer(moreMoved) }
        if moreUnread > 0 { members["moreUnread"] = .integer(moreUnread) }
        return .object(members)
    }

    public init(json: JSON) throws(ManifestError) {
        var fields = try Fields(json, of: "a section's state")
        guard let outcome = Outcome(rawValue: try fields.text("outcome")) else { throw fields.malformed("outcome", "an unknown outcome") }
        self.init(outcome: outcome, reason: try fields.optionalText("reason"), limited: try fields.optionalText("limited"))
        for item in try fields.list("moved") {
            guard let id = ResourceID(json: item) else { throw fields.malformed("moved", "not a list of ids") }
            moved.append(id)
        }
        unread = try UnreadPart.read(try fields.list("unread"), of: "an unread part")
        blindSpots = try UnreadPart.read(try fields.list("blindSpots"), of: "a blind spot")
        moreMoved = try fields.optionalCount("moreMoved") ?? 0
        moreUnread = try fields.optionalCount("moreUnread") ?? 0
        extra = fields.rest
    }
}
