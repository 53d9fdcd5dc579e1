public import Seams
public import SnapshotModel

/// Which snapshots were forgotten, which were kept, and why.
public struct ForgetReport: Sendable {
    public struct Line: Sendable {
        public let id: SnapshotID
        public let finished: Timestamp
        /// Nil where the manifest is damaged.
        public let manifest: Manifest?
        public let verdict: RetentionVerdict
    }

    /// Nothing was forgotten: the report says what would have been.
    public var isRehearsal: Bool
    /// The newest first.
    public var lines: [Line] = []
    /// Snapshots whose manifests cannot be read: no rule touches them.
    public var unreadable: [SnapshotID] = []

    public var forgotten: [Line] { lines.filter { !$0.verdict.isKept } }
    public var kept: [Line] { lines.filter(\.verdict.isKept) }

    /// `tidemark.forget/1`.
    public var json: JSON {
        .object([
            "schema": "tidemark.forget/1", "dryRun": .bool(isRehearsal), "kept": .integer(kept.count),
            "forgotten": .integer(forgotten.count),
            "snapshots": .array(
                lines.map { line in
                    .object([
                        "id": .text(line.id.description), "finished": .text(line.finished.description),
                        "clusterId": line.manifest.map { .text($0.clusterID) } ?? .null,
                        "tags": .array((line.manifest?.tags ?? []).map { .text($0) }),
                        "verdict": .text(line.verdict.isKept ? "keep" : "forget"),
                        "reasons": .array(line.verdict.reasons.map { .text($0.description) }),
                    ])
                }),
            "unreadable": .array(unreadable.map { .text($0.description) }),
        ])
    }
}
