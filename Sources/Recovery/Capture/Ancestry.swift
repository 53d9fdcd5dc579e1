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
        for _ in 0..<Self.rounds {
            do {
                return try await look(clusterID, in: repository, options)
            } catch is Altered {
                // What is relied upon is read again; where that is not what was read before, the next look sees it as it is.
                continue
            }
        }
        throw RepositoryError(
            code: .damaged, message: "snapshots of \(repository.storage.name) read differently each time",
            hint: "Look at the disk, and run `tidemark check`.")
    }

    private static let rounds = 10

    private struct Altered: Error {}

    private static func look(_ clusterID: ByteString, in repository: Repository, _ options: Capture.Options) async throws -> Ancestry {
        var ancestry = Ancestry()
        let outlines = try await repository.outlines()
        ancestry.seen = Set(outlines.map(\.id))
        ancestry.warnings = outlines.compactMap { outline in
            outline.problem.map { "snapshot \(outline.id.short) cannot be read: \($0.message)" }
        }
        var known: [SnapshotID: Manifest] = [:]
        func read(_ brief: SnapshotBrief) async throws -> Manifest {
            if let manifest = known[brief.id] { return manifest }
            do {
                let manifest = try await repository.manifest(of: brief)
                known[brief.id] = manifest
                return manifest
            } catch is RepositoryError {
                throw Altered()
            }
        }
        let whole = outlines.compactMap(\.intact)
        // What cannot be read now, of whatever cluster and size it is, is no reason to begin anew.
        if whole.isEmpty, let problem = outlines.lazy.compactMap(\.problem).first(where: { $0.damage?.sort == .unreadable }) {
            throw problem
        }
        // The newest of the lineage, whichever cluster it is of.
        let last = whole.first { $0.clusterID == clusterID || $0.lineage.formerClusterIDs.contains(clusterID) }
        if let last, last.clusterID == clusterID {
            ancestry.parent = last.id
            ancestry.manifest = try await read(last)
            let members = whole.filter { $0.clusterID == clusterID }
            if let alike = members.first(where: { $0.selection == options.selection.description }) {
                ancestry.alike = Member(id: alike.id, manifest: try await read(alike))
            }
            if let tells = members.first(where: { $0.evidence.contains(.cluster) }) { ancestry.tellsBrokers = try await read(tells) }
            ancestry.isBehindDamage = outlines.prefix { $0.id != ancestry.alike?.id }.contains { $0.intact == nil }
            ancestry.baselines = Baselines(of: clusterID, options.selection, in: whole)
            ancestry.formerClusterIDs = last.lineage.formerClusterIDs
            return ancestry
        }
        guard let newest = last ?? whole.first else { return ancestry }
        guard options.acceptNewCluster else { throw refusal(of: clusterID, after: newest, isSuperseded: last != nil) }
        ancestry.parent = newest.id
        ancestry.manifest = try await read(newest)
        ancestry.formerClusterIDs = newest.lineage.formerClusterIDs.filter { $0 != clusterID } + [newest.clusterID]
        ancestry.warnings.append("cluster \(clusterID) continues the snapshots of cluster \(newest.clusterID)")
        return ancestry
    }

    /// The brokers that the last snapshot of this very cluster knew; none where none tells, or it cannot be read.
    func brokers(in repository: Repository) async -> Set<Int32> {
        guard let section = tellsBrokers?.section(.cluster, .evidence),
            let document = try? await repository.document(ResourceID("cluster"), in: section.root)
        else { return [] }
        return Set((document.body["brokers"]?.array ?? []).compactMap { $0["id"]?.int64 }.compactMap { Int32(exactly: $0) })
    }

    private static func refusal(of clusterID: ByteString, after newest: SnapshotBrief, isSuperseded: Bool) -> RecoveryError {
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
