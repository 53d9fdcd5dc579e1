import Bytes
import Seams
import SnapshotModel
import Storage

extension Repository {
    /// The leases that are live now.
    public func leases() async throws -> [Lease] {
        let (now, asked) = (try await storage.now(), time.uptime())
        return await live(try await allLeases(), at: now, asked: asked)
    }

    /// Those that count at `now`, by the store's clock.
    func live(_ leases: [Lease], at now: Timestamp, asked: Duration) async -> [Lease] {
        var live: [Lease] = []
        for lease in leases where await isLive(lease, at: now, asked: asked) { live.append(lease) }
        return live
    }

    /// Whether the lease counts: neither over by the store's clock, nor seen by this process without a renewal for as long as it lasts.
    /// - Parameter asked: the uptime before it was read.
    func isLive(_ lease: Lease, at now: Timestamp, asked: Duration) async -> Bool {
        let unrenewed = await unrenewed(lease, asked: asked)
        return lease.isLive(at: now) && unrenewed < lease.sort.length + Lease.skew
    }

    private func unrenewed(_ lease: Lease, asked: Duration) async -> Duration {
        await memory.renewals.unrenewed(Layout.lease(lease.id), until: lease.until, asked: asked, at: time.uptime())
    }

    /// When the lease counts for nothing any more unless it is renewed, by the store's clock: one of the future does so before its own end.
    func end(of lease: Lease, at now: Timestamp) async -> Timestamp {
        let unrenewed = await unrenewed(lease, asked: time.uptime())
        return min(lease.ends, now.advanced(by: lease.sort.length + Lease.skew - unrenewed))
    }

    /// The live ones and those that are over.
    func allLeases() async throws -> [Lease] {
        var leases: [Lease] = []
        for object in try await storage.all(under: Layout.leases) {
            guard let name = object.path.names.last?.validText, name.hasSuffix(".json"), object.path.names.count == 2 else { continue }
            if let lease = try await lease(String(name.dropLast(5)), put: object.modified) { leases.append(lease) }
        }
        await memory.renewals.keep(Set(leases.map { Layout.lease($0.id) }), in: Layout.leases)
        return leases
    }

    /// Nil where it was released.
    /// - Parameter put: when the file was put, where that is known.
    func lease(_ id: String, put: Timestamp? = nil) async throws -> Lease? {
        let path = Layout.lease(id)
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try await storage.get(path, range: 0..<64 * 1024)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
        if let lease = Lease.parse(bytes, id: id) { return lease }
        // One that cannot be read is taken for somebody's, until it is too old to be.
        let put = if let put { put } else { try await storage.head(path)?.modified }
        return put.map {
            Lease(id: id, sort: .exclusive, holder: "an unreadable lease, \(path)", since: $0, until: $0.advanced(by: Lease.length))
        }
    }

    /// - Parameter freesRoom: whether its holder is known to make room, and may take the reserve for it on a full store.
    /// - Throws: `RepositoryError` (`locked`) where somebody has one that excludes it; `StorageError`.
    func takeLease(_ sort: Lease.Sort, holder: String, targets: [String] = [], freesRoom: Bool = false) async throws -> HeldLease {
        switch try await tryLease(sort, holder: holder, targets: targets, freesRoom: freesRoom) {
        case .taken(let held): held
        case .busy(let other): throw busy(other)
        }
    }

    func busy(_ other: Lease) -> RepositoryError {
        guard other.sort == .restore else {
            return RepositoryError(
                code: .locked,
                message: "\(storage.name) is locked by \(other.holder), since \(other.since), until \(other.until) unless renewed",
                hint: "Wait until it is done; a lease that is not renewed ends by itself at the time given.", lease: other)
        }
        return RepositoryError(
            code: .locked,
            message: "another restore onto this target is at work: \(other.holder), since \(other.since); nothing was changed",
            hint:
                "Wait until it is done. If it was killed, its lease in \(storage.name) ends by itself at \(other.ends): restore again then.",
            lease: other)
    }

    /// Gives the lease back, and lays up again what made way for it.
    func end(_ lease: HeldLease) async {
        // One that cannot be given back ends by itself.
        try? await lease.release()
        if await lease.tookReserve { await putBackReserve() }
    }

    enum LeaseAttempt {
        case taken(HeldLease)
        case busy(Lease)
    }

    /// Takes a lease; of two takers that exclude each other, at least one sees the other and gives way.
    func tryLease(
        _ sort: Lease.Sort, holder: String, targets: [String] = [], freesRoom: Bool = false
    ) async throws -> LeaseAttempt {
        let began = time.uptime()
        let now = try await storage.now()
        var lease = Lease(
            id: chance.bytes(16).hex, sort: sort, holder: holder, since: now, until: now.advanced(by: sort.length), targets: targets)
        var displaced: [Lease] = []
        var tookReserve = false
        if freesRoom {
            tookReserve = try await putToFreeRoom(lease.canonicalBytes, at: Layout.lease(lease.id))
        } else {
            try await storage.put(lease.canonicalBytes, at: Layout.lease(lease.id), mode: .ifAbsent)
        }
        do {
            // By the clock after the put, which may have taken its time: one that is over by then bars nobody.
            let (present, asked) = (try await storage.now(), time.uptime())
            for other in try await allLeases() where other.id != lease.id {
                guard await isLive(other, at: present, asked: asked) else {
                    // A killed one's, long over. That it cannot be taken away is no reason to do nothing.
                    if !other.isLive(at: present.advanced(by: .seconds(-86_400))) { try? await storage.delete(Layout.lease(other.id)) }
                    continue
                }
                guard lease.excludes(other) else { continue }
                // By the clock as it is now: the other lease may have been renewed while this call took its time.
                let moment = try await storage.now()
                // A prune that lives may have a delete under way, and nobody stands aside for a lease that is gone: it ends by being watched.
                guard other.isOfTheFuture(at: moment), other.sort != .pruner else {
                    try await storage.delete(Layout.lease(lease.id))
                    if tookReserve { await putBackReserve() }
                    return .busy(other.ending(await end(of: other, at: moment)))
                }
                // If its holder is alive, it finds its lease gone.
                try await storage.delete(Layout.lease(other.id))
                displaced.append(other)
            }
            // After the lease was put: a prune that publishes its candidates later than this look finds the lease and waits for it.
            if sort == .writer {
                let candidates = try await candidates()
                if !candidates.isEmpty {
                    lease.knows = candidates.map(\.prune).sorted()
                    try await storage.put(lease.canonicalBytes, at: Layout.lease(lease.id), mode: .overwrite)
                }
                return .taken(
                    HeldLease(lease: lease, storage: storage, time: time, since: began, candidates: candidates, displaced: displaced))
            }
        } catch {
            try await storage.delete(Layout.lease(lease.id))
            if tookReserve { await putBackReserve() }
            throw error
        }
        return .taken(
            HeldLease(lease: lease, storage: storage, time: time, since: began, displaced: displaced, tookReserve: tookReserve))
    }
}
