import Bytes
import Repository
import SnapshotModel

/// Where a new snapshot belongs: after the newest one of its cluster.
struct Ancestry: Sendable {
    struct Parent: Sendable {
        var id: SnapshotID
        var manifest: Manifest
    }
    var parent: Parent?
    var formerClusterIDs: [ByteString] = []
    var warnings: [String] = []

    /// A repository that holds other clusters' snapshots only is refused, unless the operator says that this one continues them:
    /// a typo in an address must not mix two clusters' histories.
    static func find(_ clusterID: ByteString, in repository: Repository, acceptNewCluster: Bool) async throws -> Ancestry {
        var ancestry = Ancestry()
        let entries = try await repository.snapshots()
        ancestry.warnings = entries.damaged.map { "a snapshot cannot be read: \($0)" }
        guard let newest = entries.intact.last else { return ancestry }
        for entry in entries.intact.reversed() {
            let manifest = try await repository.manifest(entry.id)
            if manifest.clusterID == clusterID {
                ancestry.parent = Parent(id: entry.id, manifest: manifest)
                ancestry.formerClusterIDs = manifest.lineage.formerClusterIDs
                return ancestry
            }
        }
        let manifest = try await repository.manifest(newest.id)
        guard acceptNewCluster else {
            throw RecoveryError(
                .conflict,
                "this repository holds snapshots of cluster \(manifest.clusterID), and the cluster at hand is \(clusterID)",
                hint: "use a repository of its own for this cluster, or give --accept-new-cluster if it takes the other's place.")
        }
        ancestry.parent = Parent(id: newest.id, manifest: manifest)
        ancestry.formerClusterIDs = manifest.lineage.formerClusterIDs + [manifest.clusterID]
        ancestry.warnings.append("cluster \(clusterID) continues the snapshots of cluster \(manifest.clusterID)")
        return ancestry
    }
}
