import Bytes
public import Seams
import SnapshotModel
import Storage

/// Who works in a repository, since when and until when. Counted by the store's clock.
public struct Lease: Hashable, Sendable {
    public enum Sort: String, Sendable, CaseIterable {
        /// Adds objects and snapshots; any number at once.
        case writer
        /// Prunes: one at a time, beside writers.
        case pruner
        /// Forgets snapshots, or pins them: one at a time, beside the others.
        case forgetter
        /// Alone; what cannot be read counts as such.
        case exclusive
        /// A writer whose turn it is to publish: one at a time, beside writers.
        case publisher
        /// Restores onto a target: one at a time onto each, beside everybody.
        case restore

        /// A lease that is not renewed ends after this.
        public var length: Duration {
            switch self {
            case .publisher, .restore: Lease.turn
            case .writer, .pruner, .forgetter, .exclusive: Lease.length
            }
        }
    }

    /// 32 hexadecimal digits.
    public let id: String
    public let sort: Sort
    /// Who it is, in words for the operator.
    public let holder: String
    public let since: Timestamp
    public var until: Timestamp
    /// The prunes, by the ids of their leases, whose candidates this writer knows and leaves alone.
    public var knows: [String] = []
    /// What a restore changes, in words that two restores share where they must not run at once.
    public var targets: [String] = []

    public static let length: Duration = .seconds(300)
    /// Publishing takes moments, and a killed restore is to be finished soon: neither is waited for longer than this and ``skew``.
    public static let turn: Duration = .seconds(60)
    /// Clocks may differ by this much: a lease counts as live until it has been over for so long.
    public static let skew: Duration = .seconds(30)

    func isLive(at moment: Timestamp) -> Bool { moment < ends }

    /// From then on it counts for nothing.
    public var ends: Timestamp { until.advanced(by: Self.skew) }

    /// Taken before the store's clock was set back, or by somebody whose clock is ahead by more than clocks may differ: it must not bar
    /// everybody until then.
    func isOfTheFuture(at moment: Timestamp) -> Bool { until > moment.advanced(by: sort.length + Self.skew) }

    func excludes(_ other: Lease) -> Bool {
        switch (sort, other.sort) {
        case (.exclusive, _), (_, .exclusive): true
        case (.writer, _): false
        case (.restore, .restore): !Set(targets).isDisjoint(with: other.targets)
        default: sort == other.sort
        }
    }

    var canonicalBytes: [UInt8] {
        var members: [ByteString: JSON] = [
            "holder": .text(holder), "sort": .text(sort.rawValue), "since": .text(since.description), "until": .text(until.description),
        ]
        if !knows.isEmpty { members["knows"] = .array(knows.map { .text($0) }) }
        if !targets.isEmpty { members["targets"] = .array(targets.map { .text($0) }) }
        return JSON.object(members).canonicalBytes + [0x0a]
    }

    static func parse(_ bytes: [UInt8], id: String) -> Lease? {
        guard let json = try? JSON.parse(bytes), let sort = json["sort"]?.text?.validText.flatMap({ Sort(rawValue: $0) }),
            let holder = json["holder"]?.text, let since = json["since"]?.text?.validText.flatMap({ Timestamp($0) }),
            let until = json["until"]?.text?.validText.flatMap({ Timestamp($0) })
        else { return nil }
        let knows = (json["knows"]?.array ?? []).compactMap { $0.text?.validText }
        let targets = (json["targets"]?.array ?? []).compactMap { $0.text?.validText }
        return Lease(id: id, sort: sort, holder: holder.escaped, since: since, until: until, knows: knows, targets: targets)
    }
}

extension Repository {
    /// The leases that are live now.
    public func leases() async throws -> [Lease] {
        let now = try await storage.now()
        return try await allLeases().filter { $0.isLive(at: now) }
    }

    /// The live ones and those that are over.
    func allLeases() async throws -> [Lease] {
        var leases: [Lease] = []
        for object in try await storage.all(under: Layout.leases) {
            guard let name = object.path.names.last?.validText, name.hasSuffix(".json"), object.path.names.count == 2 else { continue }
            if let lease = try await lease(String(name.dropLast(5)), put: object.modified) { leases.append(lease) }
        }
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

    private func busy(_ other: Lease) -> RepositoryError {
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
            let present = try await storage.now()
            for other in try await allLeases() where other.id != lease.id {
                guard other.isLive(at: present) else {
                    // A killed one's, long over. That it cannot be taken away is no reason to do nothing.
                    if !other.isLive(at: present.advanced(by: .seconds(-86_400))) { try? await storage.delete(Layout.lease(other.id)) }
                    continue
                }
                guard lease.excludes(other) else { continue }
                // By the clock as it is now: the other lease may have been renewed while this call took its time.
                guard other.isOfTheFuture(at: try await storage.now()) else {
                    try await storage.delete(Layout.lease(lease.id))
                    if tookReserve { await putBackReserve() }
                    return .busy(other)
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
                return .taken(HeldLease(lease: lease, storage: storage, time: time, candidates: candidates, displaced: displaced))
            }
        } catch {
            try await storage.delete(Layout.lease(lease.id))
            if tookReserve { await putBackReserve() }
            throw error
        }
        return .taken(HeldLease(lease: lease, storage: storage, time: time, displaced: displaced, tookReserve: tookReserve))
    }
}
