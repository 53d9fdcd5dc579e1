import Cryptography
public import SnapshotModel
import Storage

extension RepositoryWriter {
    /// How often a snapshot is withdrawn and published anew because another one came in the same moment.
    private static let rounds = 20

    /// Publishes a snapshot: from now on it exists. Every page that it names is looked for before and after.
    /// - Throws: `RepositoryError` where the lease is lost or a page is missing; then nothing is published. `StorageError`.
    public func publish(_ manifest: Manifest) async throws -> SnapshotID {
        try await lease.check()
        try await repository.lookFor(manifest)
        return try await put(manifest) { _ in }
    }

    /// The same, with the snapshot's place among the others settled in the last moment.
    ///
    /// `settle` gets the manifest and the snapshots that are there, and sets its lineage. What another writer publishes between that
    /// look and our own is seen by at least one of the two, who withdraws what nobody was told of yet and settles anew; so two
    /// first snapshots of one cluster never stay beside each other.
    /// - Throws: `RepositoryError` (`locked`) where others come between again and again; as the other `publish`; what `settle` throws.
    public func publish(
        _ manifest: Manifest, settle: @Sendable (inout Manifest, Set<SnapshotID>) async throws -> Void
    ) async throws -> (id: SnapshotID, manifest: Manifest) {
        try await lease.check()
        try await repository.lookFor(manifest)
        for _ in 0..<Self.rounds {
            let before = try await repository.snapshotIDs()
            var settled = manifest
            try await settle(&settled, before)
            do {
                let id = try await put(settled) { [settled] id in
                    if try await self.repository.hasRival(of: id, settled, since: before) { throw Rival() }
                }
                return (id, settled)
            } catch is Rival {
                // Two that see each other both withdraw: pauses of different length make one of them the first.
                try await repository.time.sleep(for: .milliseconds(repository.chance.number(in: 20...1_000)))
            }
        }
        throw RepositoryError(
            code: .locked,
            message: "other backups of the same cluster were published in \(repository.storage.name) again and again meanwhile",
            hint: "Let one backup of a cluster run at a time. Nothing was published.")
    }

    private struct Rival: Error {}

    /// Puts the manifest, and takes it back where a check afterwards or `confirm` fails.
    private func put(_ manifest: Manifest, confirm: (SnapshotID) async throws -> Void) async throws -> SnapshotID {
        let bytes = manifest.canonicalBytes
        guard let id = SnapshotID(bytes: HashFunction.sha256.digest(bytes)) else { preconditionFailure("SHA-256 has 32 bytes") }
        let path = Layout.snapshot(id, finished: manifest.finished)
        do throws(StorageError) {
            try await repository.storage.put(bytes, at: path, mode: .ifAbsent)
        } catch {
            // The very same snapshot, published before.
            guard error.code == .alreadyExists else { throw error }
        }
        do {
            try await lease.check()
            try await repository.lookFor(manifest)
            try await confirm(id)
        } catch {
            try await repository.storage.delete(path)
            throw error
        }
        return id
    }
}

extension Repository {
    /// Whether a snapshot that came meanwhile stands beside ours, and not after it.
    fileprivate func hasRival(of id: SnapshotID, _ manifest: Manifest, since before: Set<SnapshotID>) async throws -> Bool {
        let fresh = try await snapshotIDs().subtracting(before).subtracting([id])
        var others: [Manifest] = []
        for other in fresh {
            // Withdrawn since it was listed: no rival any more. Damaged: nobody's.
            do { others.append(try await self.manifest(other)) } catch is RepositoryError {}
        }
        // Somebody relies on ours already: whoever is beside it sees that it is there.
        if others.contains(where: { $0.lineage.parent == id }) { return false }
        return others.contains { $0.clusterID == manifest.clusterID || $0.lineage.parent == manifest.lineage.parent }
    }
}
