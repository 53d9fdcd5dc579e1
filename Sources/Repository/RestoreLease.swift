/// That nobody else restores onto the same targets.
public struct RestoreLease: Sendable {
    let held: HeldLease

    /// 32 hexadecimal digits. The runs that are done under it have the first 8 of them in their names.
    public var id: String { held.lease.id }

    /// - Throws: `RepositoryError` (`leaseLost`); `StorageError`.
    public func check() async throws { try await held.check() }

    /// Runs `body`, and cancels it where the lease is lost meanwhile.
    /// - Throws: `RepositoryError` (`leaseLost`); what `body` throws.
    public func whileHeld<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask { [held] in
                // Where all is cancelled, it is for the body to say how it ended.
                guard (try? await held.untilLost()) != nil else { return nil }
                throw held.lost
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let result = ended { return result }
            }
            throw CancellationError()
        }
    }
}

extension Repository {
    /// Runs `body` while nobody else restores onto any of `targets`. `tookOver` gets the leases of restores onto them that did not end them
    /// and have not renewed them for long: they were killed.
    /// - Throws: `RepositoryError` (`locked`); what `body` throws.
    public func withRestore<Result>(
        onto targets: [String], holder: String, isolation: isolated (any Actor)? = #isolation, tookOver: (Lease) -> Void = { _ in },
        _ body: (RestoreLease) async throws -> Result
    ) async throws -> Result {
        let lease = try await takeLease(.restore, holder: holder, targets: targets)
        // Cancelled when this scope is left.
        async let _: Void = lease.keep()
        do {
            let now = try await storage.now()
            for other in try await allLeases() where lease.lease.excludes(other) && other.id != lease.lease.id && !other.isLive(at: now) {
                try await storage.delete(Layout.lease(other.id))
                tookOver(other)
            }
            let result = try await body(RestoreLease(held: lease))
            try? await lease.release()
            return result
        } catch {
            try? await lease.release()
            throw error
        }
    }
}
