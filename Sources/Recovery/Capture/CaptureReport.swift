public import Repository
public import Resources
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
    /// Whether every section is what it was in the snapshot before of the same selection.
    public var isUnchanged: Bool
    /// That the snapshot was there before, and is what the cluster holds still; nil where it is a new one.
    public var confirmation: SnapshotConfirmation?
    public var stages = CaptureStages()
    /// What of the cluster's state the sweep told beside.
    public var measurements: ClusterMeasurements?
    /// What shrank implausibly since the last snapshot that is not suspect, accepted or not.
    public var shrinkage: [Shrinkage] = []
    /// What the operator should see beside: a clock that went back, a new cluster in the lineage.
    public var warnings: [String]

    /// The moment to which a restore of the snapshot goes back: when the sweep began that took it, or the last that found the same. Where it is
    /// partial or suspect that is no success.
    public var recoveryPoint: Timestamp { confirmation?.last ?? manifest.started }

    /// What to do about a partial snapshot, in one sentence; nil where it is not.
    public var partialHint: String? {
        guard manifest.certificate.grade == .partial else { return nil }
        return
            "`tidemark show \(snapshot.short)` names what could not be read; give the rights, or bring back what is down, and back up again."
    }

    /// What to do about a suspect snapshot, in one sentence; nil where it is not.
    ///
    /// - Parameter command: the backup of one run, with its options.
    public func suspicionHint(_ command: String) -> String? {
        guard manifest.certificate.grade == .suspect else { return nil }
        guard let first = shrinkage.first else { return "see what became of it, and back up again." }
        let unread = sections.filter { section in !section.state.isComplete && shrinkage.contains { $0.kind == section.kind } }
        guard unread.isEmpty else {
            // Nobody knows how much of what is missing is gone, and nobody may accept that.
            return
                "\(unread.map(\.kind.rawValue).joined(separator: ", ")) could not be read as a whole: give the rights, or bring back what is down, "
                + "and back up again; nothing of snapshot \(first.against.short) is lost."
        }
        let options = shrinkage.map { "--accept-shrinkage \($0.kind)" }.joined(separator: " ")
        return
            "`tidemark diff \(first.against.short) \(snapshot.short)` shows what is gone, and nothing of the older one is lost; if it is gone for "
            + "good, accept that once with `\(command) \(options)`."
    }

    public struct SectionReport: Sendable {
        public var kind: KindName
        public var desired: Int
        public var evidence: Int
        public var state: SectionState
        /// How much was read of what is only recorded.
        public var evidenceState = SectionState.stable
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
