import Seams
import SnapshotModel

/// Why a snapshot is not what an operator means who names none in particular.
public enum SnapshotFlaw: Hashable, Sendable {
    /// Implausibly much was gone when it was taken.
    case suspect
    /// Another one holds more, and is not much older.
    case narrowed(selection: String)
    /// Its manifest cannot be relied on, or not be read: what it held, and of which cluster, nobody knows.
    case damaged
}

/// The flaws of a repository's snapshots, lineage by lineage.
struct SnapshotFlaws {
    /// How much older the wider one may be. Beyond that the narrower selection is no cadence beside it, but what the cluster is backed up by since.
    static let patience: Duration = .seconds(14 * 86_400)

    private(set) var byID: [SnapshotID: SnapshotFlaw] = [:]
    /// The newest of each lineage that has none without a flaw.
    private(set) var lastResorts: Set<SnapshotID> = []

    /// - Parameters:
    ///   - entries: the newest first.
    ///   - confirmations: of unchanged clusters the widest snapshot may be old, and true until just now.
    init(of entries: [SnapshotEntry], _ confirmations: Confirmations) {
        let members = entries.compactMap { entry in entry.intact.map { (entry: entry, manifest: $0) } }
        let scopes = Dictionary(members.map { ($0.manifest.selection, SelectionScopes($0.manifest.selection)) }) { first, _ in first }
        for lineage in Manifest.lineages(of: members.map(\.manifest)) {
            let own = members.filter { lineage.contains($0.manifest.clusterID) }
            var lastTrue: [String: Timestamp] = [:]
            for (entry, manifest) in own {
                let moment = max(entry.finished, confirmations.confirmedUntil(entry.id) ?? entry.finished)
                lastTrue[manifest.selection] = max(lastTrue[manifest.selection] ?? moment, moment)
            }
            for (entry, manifest) in own {
                if manifest.certificate.grade == .suspect {
                    byID[entry.id] = .suspect
                } else if lastTrue.contains(where: { selection, moment in
                    guard let narrow = scopes[manifest.selection], let wide = scopes[selection] else { return false }
                    return narrow.isNarrower(than: wide) && entry.finished.since(moment) <= Self.patience
                }) {
                    byID[entry.id] = .narrowed(selection: manifest.selection)
                }
            }
            if let newest = own.first, own.allSatisfy({ byID[$0.entry.id] != nil }) { lastResorts.insert(newest.entry.id) }
        }
        for entry in entries where entry.intact == nil { byID[entry.id] = .damaged }
    }
}
