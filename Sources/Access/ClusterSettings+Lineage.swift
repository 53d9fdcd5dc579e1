public import Bytes
public import Repository
import KafkaClient
import Recovery
import Resources
import SnapshotModel

extension ClusterSettings {
    /// The cluster's id, where its own lineage has to be told from others of the repository; nil where there is but one, and nobody need be
    /// asked: retention goes on while a cluster is away.
    ///
    /// Throws a `RecoveryError` where only the cluster could tell, and does not.
    public func lineage(in repository: Repository, _ world: World) async throws -> ByteString? {
        let lineages = Manifest.lineages(of: try await repository.snapshots().compactMap(\.intact))
        guard lineages.count > 1 else { return nil }
        do {
            return try await withSource(world) { try await Sweep($0).clusterID() }
        } catch let error as KafkaError {
            throw RecoveryError(
                .conflict,
                "\(repository.storage.name) holds snapshots of \(lineages.count) lineages, and only the cluster can tell which is its own: "
                    + "\(error.message); nothing was forgotten",
                hint: "run it again when the cluster answers, or forget by hand with `tidemark forget --lineage`.")
        }
    }
}
