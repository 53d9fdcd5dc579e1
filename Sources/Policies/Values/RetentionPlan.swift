public import SnapshotModel

/// Which snapshots the agent keeps, and when it forgets the others.
public struct RetentionPlan: Sendable, Hashable {
    public var cadence = Cadence()
    public var timeLimit: Duration?
    public var rules = RetentionRules()
    /// Whether what no snapshot needs any more is removed as well.
    public var prune = true

    public init() {}
}
