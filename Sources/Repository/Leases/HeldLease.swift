import Seams
import Storage

/// Our own lease while we work.
actor HeldLease {
    /// As it was taken.
    nonisolated let lease: Lease
    /// What prunes that were at work by then may delete.
    nonisolated let candidates: [Candidates]
    /// Leases of the future that barred this one and were taken away: their holders may be alive.
    nonisolated let displaced: [Lease]
    private let storage: any Storage
    private let time: any TimeSource
    /// Until when nobody can have taken the lease for over.
    private var until: Timestamp
    /// When it was taken or last renewed, by our own clock.
    private var proved: Duration
    private var isLost = false
    private var isReleased = false
    /// Whether the reserve made way for it, or for what is done under it.
    private(set) var tookReserve: Bool

    /// - Parameter began: the uptime before it was put; nil: now.
    init(
        lease: Lease, storage: any Storage, time: any TimeSource, since began: Duration? = nil, candidates: [Candidates] = [],
        displaced: [Lease] = [], tookReserve: Bool = false
    ) {
        self.tookReserve = tookReserve
        self.lease = lease
        self.candidates = candidates
        self.displaced = displaced
        self.storage = storage
        self.time = time
        until = lease.until
        proved = began ?? time.uptime()
    }

    /// Renews the lease again and again until the task is cancelled or the lease is lost.
    func keep() async {
        while !isLost, (try? await time.sleep(for: lease.sort.length / 3)) != nil {
            // A store that does not answer now may answer at the next turn; whether the lease still holds is asked before
            // anything is published.
            try? await renew()
        }
    }

    /// Whether others may have taken the lease for over, as far as can be told without the store: a machine that stood still finds it so
    /// before anything is renewed.
    var isOver: Bool { isOver(in: .zero) }

    private func isOver(in rest: Duration) -> Bool { isLost || time.uptime() - proved + rest > lease.sort.length }

    /// - Throws: `RepositoryError` (`leaseLost`). The store is not asked.
    func checkLately() throws(RepositoryError) {
        if isOver { throw lost }
    }

    /// Returns once the lease is lost. Throws `CancellationError`.
    func untilLost() async throws {
        while !isOver { try await time.sleep(for: .seconds(1)) }
    }

    /// A lease that ended is never taken up again: others may have counted on its end.
    private func renew() async throws {
        let path = Layout.lease(lease.id)
        let asked = time.uptime()
        guard !isOver else { return isLost = true }
        do throws(StorageError) {
            _ = try await storage.get(path, range: 0..<1)
        } catch {
            guard error.code == .notFound else { throw error }
            return isLost = true
        }
        let now = try await storage.now()
        guard now < until else { return isLost = true }
        var renewed = lease
        renewed.until = now.advanced(by: lease.sort.length)
        try await storage.put(renewed.canonicalBytes, at: path, mode: .overwrite)
        // It may have ended, and been cleared away, before the store took up this call; or we have released it meanwhile.
        guard try await storage.now() < until, !isOver, !isReleased else {
            isLost = true
            return try await storage.delete(path)
        }
        (until, proved) = (renewed.until, asked)
    }

    /// The reserve made way once more.
    func noteReserve() { tookReserve = true }

    func release() async throws {
        isReleased = true
        try await storage.delete(Layout.lease(lease.id))
    }

    /// - Parameter rest: how long the lease must last from now on, at least.
    /// - Throws: `RepositoryError` (`leaseLost`) where the lease has ended or is gone; `StorageError`.
    func check(rest: Duration = .zero) async throws {
        let now = try await storage.now()
        var stored: [UInt8] = []
        do throws(StorageError) {
            stored = try await storage.get(Layout.lease(lease.id), range: 0..<64 * 1024)
        } catch {
            // Somebody took it away: lost, like one that ended.
            guard error.code == .notFound else { throw error }
        }
        guard !isOver(in: rest), let current = Lease.parse(stored, id: lease.id), now.advanced(by: rest) < min(current.until, until) else {
            throw lost
        }
    }

    nonisolated var lost: RepositoryError {
        let isWriter = lease.sort == .writer
        return RepositoryError(
            code: .leaseLost,
            message: "this \(lease.sort.rawValue)'s lease on \(storage.name) ended before "
                + (isWriter ? "the snapshot was published" : "it was done"),
            hint:
                "The machine slept, the store did not answer for minutes, or a clock jumped: run \(isWriter ? "the backup" : "it") again. "
                + (isWriter ? "Nothing was published." : lease.sort == .restore ? "It observes first." : "What was done so far is whole."))
    }
}
