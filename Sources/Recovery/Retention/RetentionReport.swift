public import Repository

/// What a run of retention did: which snapshots it forgot, and what that freed.
public struct RetentionReport: Sendable {
    public var forget: ForgetReport
    /// Nil where nothing was to be pruned.
    public var prune: PruneReport?

    public init(forget: ForgetReport, prune: PruneReport? = nil) {
        self.forget = forget
        self.prune = prune
    }
}
