import Bytes
import Seams

/// The snapshots of one cluster, under all the ids that it ever had, and what of them must stay whoever asks.
struct RetentionLineage: Sendable {
    typealias Reasons = [SnapshotID: [RetentionVerdict.Reason]]

    /// All that any of its snapshots names.
    private(set) var clusterIDs: Set<ByteString>
    /// The newest first, by their dates.
    private(set) var snapshots: [RetentionCandidate]

    /// Lineages whose clusters' ids meet are one.
    static func all(_ snapshots: [RetentionCandidate]) -> [RetentionLineage] {
        var lineages: [RetentionLineage] = []
        for snapshot in snapshots {
            let ids = Set(snapshot.clusterIDs)
            let met = lineages.indices.filter { !lineages[$0].clusterIDs.isDisjoint(with: ids) }
            guard let first = met.first else {
                lineages.append(RetentionLineage(clusterIDs: ids, snapshots: [snapshot]))
                continue
            }
            lineages[first].clusterIDs.formUnion(ids)
            lineages[first].snapshots.append(snapshot)
            for other in met.dropFirst().reversed() {
                let joined = lineages.remove(at: other)
                lineages[first].clusterIDs.formUnion(joined.clusterIDs)
                lineages[first].snapshots += joined.snapshots
            }
        }
        for index in lineages.indices { lineages[index].snapshots.sort { ($0.finished, $0.id) > ($1.finished, $1.id) } }
        return lineages
    }

    private init(clusterIDs: Set<ByteString>, snapshots: [RetentionCandidate]) {
        self.clusterIDs = clusterIDs
        self.snapshots = snapshots
    }

    /// The ids that the cluster had before the one it has now.
    var formerClusterIDs: Set<ByteString> { Set(snapshots.flatMap { $0.clusterIDs.dropFirst() }) }

    /// Those whose dates can be relied on and that stay for sure: only they use up a rule's number.
    func usual(_ now: Timestamp) -> [RetentionCandidate] {
        let odd = besideSteps
        return snapshots.filter { $0.finished <= now && !odd.contains($0.id) && !$0.isProvisional }
    }

    /// Snapshots dated before their parents, and these parents.
    var besideSteps: Set<SnapshotID> {
        let finished = Dictionary(snapshots.map { ($0.id, $0.finished) }, uniquingKeysWith: { first, _ in first })
        var odd: Set<SnapshotID> = []
        for snapshot in snapshots {
            guard let parent = snapshot.parent, let before = finished[parent], snapshot.finished < before else { continue }
            odd.formUnion([snapshot.id, parent])
        }
        return odd
    }

    /// What stays though no rule asks for it, and though it was named.
    func protections(_ now: Timestamp) -> Reasons {
        var reasons: Reasons = [:]
        for snapshot in snapshots where snapshot.isPinned { reasons[snapshot.id, default: []].append(.pinned) }
        for snapshot in snapshots where snapshot.isRead { reasons[snapshot.id, default: []].append(.read) }
        for snapshot in snapshots where snapshot.isProvisional { reasons[snapshot.id, default: []].append(.provisional) }
        let usual = usual(now)
        // Where no date can be relied on, any of them is better than none.
        let pool = usual.isEmpty ? snapshots.filter { !$0.isProvisional } : usual
        if let last = pool.first(where: \.isComplete) { reasons[last.id, default: []].append(.lastComplete) }
        for kind in pool.completeKinds {
            // Where no snapshot has the kind without rules, the newest that has what some rules take of it is all that there is.
            guard
                let last = pool.first(where: { $0.hasAll(of: kind) && $0.scopes.scope(of: kind) == SelectionScopes.whole })
                    ?? pool.first(where: { $0.hasAll(of: kind) }),
                reasons[last.id]?.contains(.lastComplete) != true
            else { continue }
            reasons[last.id, default: []].append(.lastWithComplete(kind))
        }
        return reasons
    }

    /// Of each suspect snapshot that stays, the newest ones before it stay that hold what it lacks; and so on for these.
    func protectWhatIsMissing(_ reasons: inout Reasons) {
        // From the newest to the oldest: what is protected comes after what it is protected for.
        let kinds = Set(snapshots.flatMap(\.sections.keys)).sorted { $0.rawValue < $1.rawValue }
        for (place, suspect) in snapshots.enumerated() where suspect.grade == .suspect && reasons[suspect.id] != nil {
            let before = snapshots[(place + 1)...]
            for kind in kinds {
                guard let holder = before.first(where: { $0.holds(kind, missingIn: suspect) }) else { continue }
                reasons[holder.id, default: []].append(.holdsWhatIsMissing(kind, in: suspect.id))
            }
        }
    }

    func verdicts(_ reasons: Reasons) -> [SnapshotID: RetentionVerdict] {
        Dictionary(snapshots.map { ($0.id, reasons[$0.id].map { .keep($0) } ?? .forget) }, uniquingKeysWith: { first, _ in first })
    }
}

extension [RetentionCandidate] {
    /// Kinds of which one of them has all that it was to have, in order.
    var completeKinds: [KindName] { Set(flatMap(\.completeSections)).sorted { $0.rawValue < $1.rawValue } }
}
