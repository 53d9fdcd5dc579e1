public import Bytes
import KafkaClient
import Policies
public import Repository
import Recovery
import Resources
import SnapshotModel

extension ClusterSettings {
    /// The cluster's id, by which its own lineage is told from others: what a policy forgets is of that one alone. Nil where the repository holds
    /// no snapshot.
    ///
    /// The cluster is asked. While it is away, what is known of it counts: retention does not stop for that. That a repository holds one lineage
    /// only is no evidence whose it is, since a copied policy names the repository of its original.
    ///
    /// - Parameters:
    ///   - name: the policy's, under which runs of backups are on record.
    ///   - known: Kafka's id, escaped, as this process saw it; nil where it did not.
    /// - Throws: `RecoveryError` (`conflict`) where the repository is another cluster's, or was taken over by one, or where only the cluster
    ///   could tell, and does not.
    public func lineage(
        of name: String, known: String? = nil, in repository: Repository, _ world: World
    ) async throws -> ByteString? {
        let outlines = try await repository.outlines()
        let snapshots = outlines.compactMap(\.intact)
        // Whose they are cannot be told: that is not the same as that there are none.
        if snapshots.isEmpty, let problem = outlines.lazy.compactMap(\.problem).first { throw problem }
        guard !snapshots.isEmpty else { return nil }
        let place = repository.storage.name
        let id: ByteString
        do {
            id = try await withSource(world) { try await Sweep($0).clusterID() }
        } catch {
            if error is CancellationError || (error as? KafkaError)?.code == .cancelled { throw error }
            let ids = Set(snapshots.flatMap { [$0.clusterID] + $0.lineage.formerClusterIDs })
            var evidence = known
            if evidence == nil { evidence = try await recordedID(of: name, in: repository, world) }
            guard let evidence, let found = ids.first(where: { $0.escaped == evidence }) else {
                throw Self.unknown(Manifest.lineages(of: snapshots.map { [$0.clusterID] + $0.lineage.formerClusterIDs }), place, error)
            }
            id = found
        }
        // The newest first: whose place the lineage is now.
        guard let newest = snapshots.first(where: { $0.clusterID == id || $0.lineage.formerClusterIDs.contains(id) }) else {
            throw RecoveryError(
                .conflict, "\(place) holds snapshots of \(Self.list(snapshots)), and the cluster at hand is \(id); nothing was forgotten",
                hint:
                    "use a repository of its own for this cluster, or `tidemark backup --accept-new-cluster`, once, if it takes the other's "
                    + "place; by hand, `tidemark forget --lineage` says whose snapshots go.")
        }
        guard newest.clusterID == id else {
            throw RecoveryError(
                .conflict,
                "cluster \(newest.clusterID) took the place of cluster \(id) in \(place) by \(newest.finished), and the cluster at hand is \(id); "
                    + "nothing was forgotten",
                hint:
                    "use a repository of its own for each of two clusters, or `tidemark backup --accept-new-cluster`, once, if this one takes "
                    + "its place back; by hand, `tidemark forget --lineage` says whose snapshots go.")
        }
        return id
    }

    /// The addresses that the cluster is reached at, as they are set, in ascending order.
    public func addresses(_ world: World) throws -> [String] {
        try ClientProperties(try propertiesText().text, bootstrap: bootstrap, environment: world.environment).configuration.bootstrap
            .map(\.description).sorted()
    }

    /// Kafka's id of the cluster that backups under this name met at the very addresses at hand. Under a copied policy's name there is the record
    /// of the original, which was met elsewhere.
    private func recordedID(of name: String, in repository: Repository, _ world: World) async throws -> String? {
        guard let turns = repository.turns(of: name), let addresses = try? addresses(world) else { return nil }
        for job in ["backup", "offsets"] {
            guard let record = try await turns.record(job), let id = record.clusterID, record.addresses == addresses else { continue }
            return id
        }
        return nil
    }

    private static func list(_ snapshots: [SnapshotBrief]) -> String {
        var ids: [ByteString] = []
        for snapshot in snapshots where !ids.contains(snapshot.clusterID) { ids.append(snapshot.clusterID) }
        return
            "\(ids.count == 1 ? "cluster" : "clusters") \(ids.prefix(5).map(\.escaped).joined(separator: ", "))\(ids.count > 5 ? ", …" : "")"
    }

    private static func unknown(_ lineages: [Set<ByteString>], _ place: String, _ error: any Error) -> RecoveryError {
        let why = (error as? KafkaError)?.message ?? (error as? PolicyError)?.message ?? (error as? any Explained)?.message ?? "\(error)"
        let question = lineages.count == 1 ? "whether it is its own" : "which is its own"
        return RecoveryError(
            .conflict,
            "\(place) holds snapshots of \(lineages.count.counted("lineage")), and only the cluster can tell \(question): \(why); nothing was "
                + "forgotten",
            hint: "run it again when the cluster answers, or forget by hand with `tidemark forget --lineage`.")
    }
}
