public import Resources

/// What `plan` and `restore` take for granted of a cluster; options on the command line go before.
public struct RestoreDefaults: Sendable, Hashable {
    public var existing: ExistingPolicy?
    public var offsets: OffsetMode?
    public var replicationFactor: Int16?
    public var renames: [Renaming.Rule] = []
    /// Source broker id to target broker id.
    public var brokerMap: [Int32: Int32] = [:]

    public init() {}
}
