import Bytes
import Repository
import SnapshotModel

/// What shrunken sections are judged by: of each kind the newest section of the cluster that was captured by the same rules and read as a whole, in a
/// snapshot that is not suspect itself. Where none was read as a whole, the newest.
///
/// Snapshots of another selection count for the kinds that both take in the same way; where a selection changed, a kind that was never taken in
/// this way has nothing to be judged by.
struct Baselines: Sendable {
    struct Baseline: Sendable {
        let snapshot: SnapshotID
        /// Documents that can be put back.
        let documents: Int
    }

    private(set) var byKind: [KindName: Baseline] = [:]

    init() {}

    /// - Parameter snapshots: the newest first.
    init(of clusterID: ByteString, _ selection: Selection, in snapshots: [SnapshotBrief]) {
        let wanted = SelectionScopes(selection.description)
        // A snapshot that took the kind and has no section of it ends the search too: that it is gone was told, or accepted.
        var settled: Set<KindName> = []
        let members = snapshots.filter { $0.clusterID == clusterID && $0.grade != .suspect }
        let kinds = Set(members.flatMap(\.desired.keys))
        // A selection is one of few, and stands in each.
        var known = [selection.description: wanted]
        for member in members {
            let scopes = known[member.selection] ?? SelectionScopes(member.selection)
            known[member.selection] = scopes
            for kind in kinds where !settled.contains(kind) {
                guard let scope = wanted.scope(of: kind), scope == scopes.scope(of: kind) else { continue }
                guard let section = member.desired[kind] else {
                    settled.insert(kind)
                    continue
                }
                // One that could not be read is no measure: the one before it still is.
                guard section.isRead else { continue }
                let baseline = Baseline(snapshot: member.id, documents: section.documents)
                guard section.isComplete else {
                    // A part of it: an earlier one that is whole is the measure, or else loss by loss would go unseen.
                    byKind[kind] = byKind[kind] ?? baseline
                    continue
                }
                settled.insert(kind)
                byKind[kind] = baseline
            }
            if settled.count == kinds.count { return }
        }
    }
}
