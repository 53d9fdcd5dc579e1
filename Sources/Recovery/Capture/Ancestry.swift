import Bytes
import Repository
import Resources
import SnapshotModel

/// Where a new snapshot belongs: after the newest one of its cluster.
struct Ancestry: Sendable {
    struct Member: Sendable {
        let id: SnapshotID
        let manifest: Manifest
    }

    var parent: SnapshotID?
    var manifest: Manifest?
    /// The newest snapshot of the cluster that was narrowed by the same rules: what a run is compared with. Where offsets have a cadence of
    /// their own it is not the parent.
    var alike: Member?
    /// The newest of the cluster that tells its brokers; one of positions alone does not.
    var tellsBrokers: Manifest?
    /// What a shrunken section is judged by.
    var baselines = Baselines()
    var formerClusterIDs: [ByteString] = []
    var warnings: [String] = []
    /// Whether a snapshot that cannot be read may be newer than ``alike``.
    var isBehindDamage = false
    /// All that were in the repository.
    var seen: Set<SnapshotID> = []

    /// A repository of another cluster is refused, and so is one whose snapshots another cluster continues by now, unless the operator says that
    /// this one continues them: neither a typo in an address nor two policies may mix two clusters' histories.
    static func find(_ clusterID: ByteString, in repository: Repository, _ options: Capture.Options) async throws -> Ancestry {
        var ancestry = Ancestry()
        let entries = try await repository.snapshots()
        ancestry.seen = Set(entries.map(\.id))
        ancestry.warnings = entries.compactMap { entry in
            entry.problem.map { "snapshot \(entry.id.short) cannot be read: \($0.message)" }
        }
        let whole = entries.filter { $0.intact != nil }
        // The newest of the lineage, whichever cluster it is of.
        let last = whole.first { entry in
            entry.intact.map { $0.clusterID == clusterID || $0.lineage.formerClusterIDs.contains(clusterID) } ?? false
        }
        if let entry = last, entry.intact?.clusterID == clusterID {
            ancestry.parent = entry.id
            ancestry.manifest = entry.intact
            let members = whole.compactMap { entry in entry.intact.map { Member(id: entry.id, manifest: $0) } }
                .filter { $0.manifest.clusterID == clusterID }
            ancestry.alike = members.first { $0.manifest.selection == options.selection.description }
            ancestry.tellsBrokers = members.first { $0.manifest.section(.cluster, .evidence) != nil }?.manifest
            ancestry.isBehindDamage = entries.prefix { $0.id != ancestry.alike?.id }.contains { $0.intact == nil }
            ancestry.baselines = Baselines(of: clusterID, options.selection, in: whole)
            ancestry.formerClusterIDs = entry.intact?.lineage.formerClusterIDs ?? []
            return ancestry
        }
        guard let newest = last ?? whole.first, let manifest = newest.intact else { return ancestry }
        guard options.acceptNewCluster else { throw refusal(of: clusterID, after: manifest, isSuperseded: last != nil) }
        ancestry.parent = newest.id
        ancestry.manifest = manifest
        ancestry.formerClusterIDs = manifest.lineage.formerClusterIDs.filter { $0 != clusterID } + [manifest.clusterID]
        ancestry.warnings.append("cluster \(clusterID) continues the snapshots of cluster \(manifest.clusterID)")
        return ancestry
    }

    /// The brokers that the last snapshot of this very cluster knew; none where none tells, or it cannot be read.
    func brokers(in repository: Repository) async -> Set<Int32> {
        guard let section = tellsBrokers?.section(.cluster, .evidence),
            let document = try? await repository.document(ResourceID("cluster"), in: section.root)
        else { return [] }
        return Set((document.body["brokers"]?.array ?? []).compactMap { $0["id"]?.int64 }.compactMap { Int32(exactly: $0) })
    }

    private static func refusal(of clusterID: ByteString, after newest: Manifest, isSuperseded: Bool) -> RecoveryError {
        isSuperseded
            ? RecoveryError(
                .conflict,
                "cluster \(newest.clusterID) took the place of cluster \(clusterID) in this repository by \(newest.finished), and the cluster at "
                    + "hand is \(clusterID) again",
                hint:
                    "use a repository of its own for each of two clusters; give --accept-new-cluster once if this one takes its place back."
            )
            : RecoveryError(
                .conflict,
                "this repository holds snapshots of cluster \(newest.clusterID), and the cluster at hand is \(clusterID)",
                hint: "use a repository of its own for this cluster, or give --accept-new-cluster if it takes the other's place.")
    }
}
