public import SnapshotModel
import Storage

/// Takes snapshots out of a repository, under a lease that lets one do so at a time.
public struct Forgetter: Sendable {
    let repository: Repository
    let lease: HeldLease

    /// Deletes the manifest: from now on the snapshot does not exist.
    /// - Throws: `RepositoryError` (`leaseLost`); `StorageError`.
    public func forget(_ entry: SnapshotEntry) async throws {
        // Somebody who forgets by other rules, or pins, may be at work once the lease has ended.
        try await lease.check(rest: Prune.rest)
        try await repository.storage.delete(entry.path)
    }
}

extension Repository {
    /// Runs `body`, which has something to forget, while nobody else forgets or pins snapshots.
    /// - Throws: `RepositoryError` (`locked`); what `body` throws.
    public func withForgetter<Result>(
        holder: String, isolation: isolated (any Actor)? = #isolation, _ body: (Forgetter) async throws -> Result
    ) async throws -> Result {
        try await withLease(.forgetter, holder: holder, freesRoom: true) { try await body(Forgetter(repository: self, lease: $0)) }
    }

    /// The snapshots whose writers may still take them back: young, while any writer is at work.
    ///
    /// Ask after the snapshots were listed.
    public func provisionalSnapshots() async throws -> Set<SnapshotID> {
        guard try await leases().contains(where: { $0.sort == .writer || $0.sort == .exclusive }) else { return [] }
        let young = try await storage.now().advanced(by: .zero - Lease.length - Lease.skew)
        return Set(
            try await storage.all(under: Layout.snapshots).filter { $0.modified > young }.compactMap { Layout.snapshot(at: $0.path)?.id })
    }
}
