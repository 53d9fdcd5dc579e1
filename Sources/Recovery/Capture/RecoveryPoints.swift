public import Bytes
public import Repository
public import Seams
import SnapshotModel

/// To which moments the snapshots of a repository go back at best: by cluster id, of those that are whole and were asked for in one way.
public struct RecoveryPoints: Sendable, Hashable {
    public private(set) var byCluster: [ByteString: Timestamp] = [:]

    /// - Parameter selection: only snapshots that were narrowed by just these rules.
    public init(of repository: Repository, _ selection: Selection) async throws {
        let confirmations = try await repository.confirmations()
        for entry in try await repository.snapshots() {
            guard let manifest = entry.intact, manifest.certificate.isWhole, manifest.selection == selection.description else { continue }
            let point = max(manifest.started, confirmations.confirmedUntil(entry.id) ?? manifest.started)
            byCluster[manifest.clusterID] = max(byCluster[manifest.clusterID] ?? point, point)
        }
    }

    /// The cluster, where there is but one.
    public var onlyCluster: ByteString? { byCluster.count == 1 ? byCluster.keys.first : nil }
}
