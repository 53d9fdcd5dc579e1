public import SnapshotModel

/// How long each part of a backup took.
public struct CaptureStages: Sendable, Hashable {
    public struct Reading: Sendable, Hashable {
        public var kind: KindName
        public var duration: Duration
    }

    /// Who the cluster is, and what the repository holds of it.
    public var prepare = Duration.zero
    /// Reading from the cluster, in order.
    public var observe: [Reading] = []
    public var write = Duration.zero
    /// Publishing or confirming.
    public var publish = Duration.zero

    public init() {}
}
