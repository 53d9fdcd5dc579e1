/// Whether a snapshot stays, and why.
public enum RetentionVerdict: Hashable, Sendable {
    case keep([Reason])
    case forget

    public enum Reason: Hashable, Sendable {
        /// Rules.
        case last, hourly, daily, weekly, monthly, yearly, within
        case tag(String)
        /// What no rule can forget.
        case newest
        case pinned
        case lastComplete
        case lastWithComplete(KindName)
        /// It holds what this suspect snapshot lacks.
        case holdsWhatIsMissing(KindName, in: SnapshotID)
        case future
        /// It is dated before its parent, or one that follows it is dated before it.
        case clock
        case provisional
        /// Only some were named, and not this one.
        case notNamed
    }

    public var isKept: Bool { if case .keep = self { true } else { false } }
    public var reasons: [Reason] { if case .keep(let reasons) = self { reasons } else { [] } }
}

extension RetentionVerdict.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .last: "last"
        case .hourly: "hourly"
        case .daily: "daily"
        case .weekly: "weekly"
        case .monthly: "monthly"
        case .yearly: "yearly"
        case .within: "within"
        case .tag(let tag): "tag \(tag)"
        case .newest: "the newest"
        case .pinned: "pinned"
        case .lastComplete: "the last complete one"
        case .lastWithComplete(let kind): "the last with all \(kind.rawValue)"
        case .holdsWhatIsMissing(let kind, let id): "holds the \(kind.rawValue) that the suspect \(id.short) lacks"
        case .future: "dated in the future"
        case .clock: "a clock went back beside it"
        case .provisional: "its backup is still at work"
        case .notNamed: "not named"
        }
    }
}
