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
        for brief in try await repository.outlines().compactMap(\.intact) {
            guard [.stable, .moved].contains(brief.grade), brief.selection == selection.description else { continue }
            // One that a clock which was ahead has dated into the future, and nobody confirmed since, is of no moment that is known.
            let moments = [brief.started.past(at: confirmations.read), confirmations.confirmedUntil(brief.id)]
            guard let point = moments.compactMap({ $0 }).max() else { continue }
            byCluster[brief.clusterID] = max(byCluster[brief.clusterID] ?? point, point)
        }
    }

    /// The cluster, where there is but one.
    public var onlyCluster: ByteString? { byCluster.count == 1 ? byCluster.keys.first : nil }
}
