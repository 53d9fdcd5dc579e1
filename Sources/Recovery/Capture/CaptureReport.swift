import Resources
public import Seams
public import SnapshotModel

/// What a backup did, for people and machines.
public struct CaptureReport: Sendable {
    public var snapshot: SnapshotID
    public var manifest: Manifest
    public var parent: SnapshotID?
    public var sections: [SectionReport]
    public var objectsWritten: Int
    public var bytesWritten: Int
    public var objectsReused: Int
    /// Requests sent to brokers.
    public var calls: Int
    public var duration: Duration
    /// Whether every section is what it was in the parent.
    public var isUnchanged: Bool
    /// What the operator should see beside: a clock that went back, a new cluster in the lineage.
    public var warnings: [String]

    public struct SectionReport: Sendable {
        public var kind: KindName
        public var desired: Int
        public var evidence: Int
        public var state: SectionState
        public var gaps: Int
    }
}

/// Something that a pipeline is doing, for a progress line.
public enum Progress: Sendable, Equatable {
    case observing(KindName)
    case writing(KindName, documents: Int)
    case planning(KindName)
    case applying(KindName, done: Int, of: Int)
    case validating(KindName)
    /// Another backup's turn to publish is waited for, which is over at the end that is given.
    case waiting(holder: String, since: Timestamp, until: Timestamp)
}
