import Storage

/// That nobody else restores onto the same targets.
public struct RestoreLease: Sendable {
    let held: HeldLease

    /// 32 hexadecimal digits. The runs that are done under it have the first 8 of them in their names.
    public var id: String { held.lease.id }

    /// - Throws: `RepositoryError` (`leaseLost`); `StorageError`.
    public func check() async throws { try await held.check() }

    /// Whether the lease still holds, as far as can be told without asking the store.
    /// - Throws: `RepositoryError` (`leaseLost`).
    public func checkLately() async throws(RepositoryError) { try await held.checkLately() }

    /// Whether others may have taken it for over, and why that may be; nil while it holds.
    public var loss: RepositoryError? {
        get async { await held.isOver ? held.lost : nil }
    }

    /// Runs `body`, and cancels it where the lease is lost meanwhile. It is for the body to say how it ended.
    /// - Throws: What `body` throws; `RepositoryError` (`leaseLost`) in place of a `CancellationError` that comes of it.
    public func whileHeld<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        do {
            return try await cancelledOnceLost(body)
        } catch let error as CancellationError {
            guard let loss = await loss else { throw error }
            throw loss
        }
    }

    private func cancelledOnceLost<Result: Sendable>(_ body: @escaping @Sendable () async throws -> Result) async throws -> Result {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask { [held] in
                try? await held.untilLost()
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let result = ended { return result }
                group.cancelAll()
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
        let lease: HeldLease
        do {
            lease = try await takeLease(.restore, holder: holder, targets: targets)
        } catch let error as StorageError where error.code == .notWritable || error.code == .notOurs {
            // A backup that is mounted for reading alone is what there is on a bad night.
            throw StorageError(
                code: error.code, path: error.path, message: error.message + "; a restore keeps its journal in the repository",
                hint: "Copy the repository to a folder that this user may write (`cp -r`), and restore out of the copy.")
        }
        // Cancelled when this scope is left.
        async let _: Void = lease.keep()
        do {
            if !lease.displaced.isEmpty {
                lease.displaced.forEach(tookOver)
                // Clocks differ by more than they may, or one was set: its holder may be at work, and learns of it when it renews next.
                try await time.sleep(for: lease.lease.sort.length / 3 + .seconds(5))
            }
            let (now, asked) = (try await storage.now(), time.uptime())
            for other in try await allLeases() where lease.lease.excludes(other) && other.id != lease.lease.id {
                if await isLive(other, at: now, asked: asked) {
                    // Its holder renewed it in the moment in which it was taken away: he is at work.
                    if lease.displaced.contains(where: { $0.id == other.id }) { throw busy(other) }
                    continue
                }
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
