public import Resources

/// What the operator chose for a restore.
public struct RestoreOptions: Sendable {
    public var selection = Selection.everything
    public var renames = Renaming()
    public var replicationFactor: Int16?
    public var existing = ExistingPolicy.validate
    /// The stages to do; all of them where nothing is said.
    public var stages = Set(Stage.allCases)
    /// Nil where the operator did not choose; required where the target's topics are empty.
    public var offsets: OffsetMode?
    /// Source broker id to target broker id, on top of what is found by itself.
    public var brokerMap: [Int32: Int32] = [:]
    /// Lets the cluster that the snapshot was taken of be the target.
    public var allowSameCluster = false

    public init() {}
}
