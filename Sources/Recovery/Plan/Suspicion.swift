import Repository
import Resources
public import Seams
public import SnapshotModel

/// That the snapshot of a plan is suspect: what it probably lacks, and which one does not.
public struct Suspicion: Sendable, Hashable {
    public struct Sound: Sendable, Hashable {
        public var id: SnapshotID
        public var finished: Timestamp
    }

    /// The certificate's, a sentence each.
    public var reasons: [String]
    /// The newest before it of the same lineage and selection that is not suspect; nil where there is none any more.
    public var sound: Sound?

    public var json: JSON {
        .object([
            "reasons": .array(reasons.map { .text($0) }),
            "sound": sound.map { .object(["id": .text($0.id.description), "finished": .text($0.finished.description)]) } ?? .null,
        ])
    }
}

extension Suspicion {
    /// Nil where the snapshot is not suspect.
    init?(of id: SnapshotID, _ manifest: Manifest, in repository: Repository) async throws {
        guard manifest.certificate.grade == .suspect else { return nil }
        reasons = manifest.certificate.reasons
        let clusters = Set([manifest.clusterID] + manifest.lineage.formerClusterIDs)
        let before = try await repository.snapshots().drop { $0.id != id }.first { entry in
            guard let other = entry.intact else { return false }
            return other.certificate.grade != .suspect && other.selection == manifest.selection && clusters.contains(other.clusterID)
        }
        sound = before.map { Sound(id: $0.id, finished: $0.finished) }
    }

    /// A loss for each kind that shrank, whatever of it is asked for: what else is gone with it nobody knows.
    var losses: [Loss] {
        let shrunken = reasons.compactMap { reason in
            Shrinkage.kind(in: reason).map {
                Loss(kind: $0, id: nil, why: "the snapshot is suspect, most of this may be missing: \(reason)")
            }
        }
        guard shrunken.isEmpty else { return shrunken }
        return [Loss(kind: .cluster, id: nil, why: "the snapshot is suspect: \(reasons.joined(separator: "; "))")]
    }
}
