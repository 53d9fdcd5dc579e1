public import SnapshotModel

/// What a prune freed, or would free, and what it kept.
public struct PruneReport: Sendable, Hashable {
    /// Nothing was deleted: the report says what would have been.
    public var isRehearsal = false
    /// Objects that no snapshot names, and their stored bytes.
    public var objectsFreed = 0
    public var bytesFreed = 0
    /// Objects that snapshots name, or began to name meanwhile.
    public var objectsKept = 0
    public var bytesKept = 0
    /// Files that killed processes left aside, and their bytes.
    public var leftoversFreed = 0
    public var leftoverBytesFreed = 0
    /// Confirmations and pins of snapshots that are gone, candidates of prunes that ended, and records of readers that did.
    public var recordsFreed = 0
    /// Who was waited for.
    public var waitedFor: [String] = []
    /// Whose leases had ended without being released, and were cleared away.
    public var endedLeases: [String] = []

    public init() {}

    /// Whether there is nothing to free or to clear away.
    public var isIdle: Bool { objectsFreed == 0 && leftoversFreed == 0 && recordsFreed == 0 && endedLeases.isEmpty }

    /// One after another: what both freed, and what was kept in the end.
    static func + (first: PruneReport, second: PruneReport) -> PruneReport {
        var sum = second
        sum.objectsFreed += first.objectsFreed
        sum.bytesFreed += first.bytesFreed
        sum.leftoversFreed += first.leftoversFreed
        sum.leftoverBytesFreed += first.leftoverBytesFreed
        sum.recordsFreed += first.recordsFreed
        sum.waitedFor = first.waitedFor + second.waitedFor.filter { !first.waitedFor.contains($0) }
        sum.endedLeases = first.endedLeases + second.endedLeases
        return sum
    }

    /// `tidemark.prune/1`.
    public var json: JSON {
        .object([
            "schema": "tidemark.prune/1", "dryRun": .bool(isRehearsal), "objectsFreed": .integer(objectsFreed),
            "bytesFreed": .integer(bytesFreed), "objectsKept": .integer(objectsKept), "bytesKept": .integer(bytesKept),
            "leftoversFreed": .integer(leftoversFreed), "leftoverBytesFreed": .integer(leftoverBytesFreed),
            "recordsFreed": .integer(recordsFreed), "waitedFor": .array(waitedFor.map { .text($0) }),
            "endedLeases": .array(endedLeases.map { .text($0) }),
        ])
    }
}
