/// Something that an agent does to a cluster or its repository, again and again.
public enum Job: String, Sendable, CaseIterable, Comparable, CustomStringConvertible {
    /// A snapshot of everything that the policy selects.
    case backup
    /// A snapshot of consumer positions alone.
    case offsets
    /// Forgetting snapshots and pruning what none of them needs.
    case retention
    /// Proving that the repository is whole.
    case check

    public var description: String { rawValue }

    /// Which goes first where two are due: those that make a recovery point.
    private var rank: Int {
        switch self {
        case .backup: 0
        case .offsets: 1
        case .retention: 2
        case .check: 3
        }
    }

    public static func < (left: Job, right: Job) -> Bool { left.rank < right.rank }
}
