public import Bytes

/// Where a snapshot comes from: what it follows, and under which names its cluster was known.
public struct Lineage: Hashable, Sendable {
    /// The snapshot of the same lineage before this one; nil for the first.
    public var parent: SnapshotID?
    /// Former ids of the cluster that the operator accepted into this lineage, oldest first.
    public var formerClusterIDs: [ByteString]

    public init(parent: SnapshotID? = nil, formerClusterIDs: [ByteString] = []) {
        self.parent = parent
        self.formerClusterIDs = formerClusterIDs
    }
}
