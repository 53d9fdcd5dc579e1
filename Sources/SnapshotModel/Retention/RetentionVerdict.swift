public import Bytes

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
        /// The newest whole one that was narrowed by just these rules.
        case newestOfSelection
        case pinned
        case lastComplete
        case lastWithComplete(KindName)
        /// The last one with all of what these rules take of the kind.
        case lastWithScope(KindName, String)
        /// The last one of a cluster that another has taken the place of.
        case lastOfCluster(ByteString)
        /// The newest one that says whose place its cluster took.
        case tellsOfCluster(ByteString)
        /// It holds what this suspect snapshot lacks.
        case holdsWhatIsMissing(KindName, in: SnapshotID)
        case future
        /// It is dated before its parent, or one that follows it is dated before it.
        case clock
        case provisional
        /// Somebody restores from it.
        case read
        /// Only some were named, and not this one.
        case notNamed
        /// Only those with certain tags were meant, and it bears none of them.
        case otherTags
        /// It would go, but whoever was asked did not hear of it.
        case notApproved
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
        case .newestOfSelection: "the newest of its selection"
        case .pinned: "pinned"
        case .lastComplete: "the last complete one"
        case .lastWithComplete(let kind): "the last with all \(kind.rawValue)"
        case .lastWithScope(let kind, let scope): "the last with all \(kind.rawValue) by \(scope)"
        case .lastOfCluster(let id): "the last of the former cluster \(id.escaped)"
        case .tellsOfCluster(let id): "tells of the former cluster \(id.escaped)"
        case .holdsWhatIsMissing(let kind, let id): "holds the \(kind.rawValue) that the suspect \(id.short) lacks"
        case .future: "dated in the future"
        case .clock: "a clock went back beside it"
        case .provisional: "its backup is still at work"
        case .read: "a restore reads it"
        case .notNamed: "not named"
        case .otherTags: "without the tag"
        case .notApproved: "not among those that were approved"
        }
    }
}
