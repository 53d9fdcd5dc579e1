import Bytes
public import Seams
public import Storage
/// The folder `turns/<cluster>/` of a repository: whose turn it is, what ran last, what was told and not yet taken back, and what is to be told.
///
/// The cluster's name is the policy's. `claims/<id>.json` are turns; `<job>.last.json` the last run that was brought to an end;
/// what else is named after a job says that somebody told of a trouble (``TroubleMark``).
public struct Turns: Sendable {
    private let repository: Repository
    public let cluster: String

    var storage: any Storage { repository.storage }
    var chance: any ChanceSource { repository.chance }
    var folder: StoragePath { Layout.turns / cluster }
    private var claims: StoragePath { folder / "claims" }

    fileprivate init(_ repository: Repository, _ cluster: String) {
        self.repository = repository
        self.cluster = cluster
    }

    private func claim(_ id: String) -> StoragePath { claims / "\(id).json" }
    private func last(_ job: String) -> StoragePath { folder / "\(job).last.json" }

    // MARK: Turns

    /// What became of an attempt to work.
    public enum Attempt<Value: Sendable>: Sendable {
        case done(Value)
        /// It is somebody else's turn.
        case busy(Turn)
    }

    /// Runs `body` while it is our turn. `tookOver` gets the turn of somebody who did not end it and did not come back.
    /// - Parameter idle: of a `body` that makes room in the store, so that a full one is no reason not to begin. Asked where the store is
    ///   full, puts nothing, and says how `body` would end that finds nothing to free; nil where there is something: only then is the
    ///   reserve spent. Of a `body` that makes no room: nil.
    /// - Throws: `RepositoryError` (`leaseLost`) where the turn ended before `body` did, which is cancelled then; `StorageError`; what
    ///   `body` throws.
    public func withTurn<Value: Sendable>(
        holder: String, idle: (@Sendable () async throws -> Value?)? = nil, tookOver: (Turn) -> Void,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Attempt<Value> {
        if let other = try await others(than: nil, tookOver) { return .busy(other) }
        let now = try await storage.now()
        let own = Turn(
            id: repository.chance.bytes(16).hex, holder: holder, since: now, until: now.advanced(by: Turn.length))
        let asked = repository.time.uptime()
        var tookReserve = false
        do {
            do throws(StorageError) {
                try await storage.put(own.canonicalBytes, at: claim(own.id), mode: .ifAbsent)
            } catch {
                guard error.code == .full, let idle else { throw error }
                if let value = try await idle() { return .done(value) }
                tookReserve = try await repository.putToFreeRoom(own.canonicalBytes, at: claim(own.id))
            }
            // Of two who claim at once, at least one sees the other; both may give way.
            if let other = try await others(than: own.id, tookOver) {
                try await storage.delete(claim(own.id))
                if tookReserve { await repository.putBackReserve() }
                return .busy(other)
            }
            let value = try await withThrowingTaskGroup(of: Value.self) { group in
                group.addTask { try await body() }
                group.addTask {
                    try await keep(own, since: asked)
                    throw RepositoryError(
                        code: .leaseLost, message: "the turn on cluster \(cluster) in \(storage.name) ended before the work did",
                        hint: "The machine slept, or the store did not answer for a minute: the next run makes it good.")
                }
                defer { group.cancelAll() }
                guard let value = try await group.next() else { throw CancellationError() }
                return value
            }
            // What is done is done; a turn that cannot be given back ends by itself.
            await end(own, tookReserve)
            return .done(value)
        } catch {
            await end(own, tookReserve)
            throw error
        }
    }

    private func end(_ own: Turn, _ tookReserve: Bool) async {
        try? await storage.delete(claim(own.id))
        if tookReserve { await repository.putBackReserve() }
    }

    /// Somebody else whose turn it is. Turns that are over are taken away, those that may be watched for a moment.
    private func others(than own: String?, _ tookOver: (Turn) -> Void) async throws -> Turn? {
        var doubtful: [String: Timestamp] = [:]
        while true {
            var isInDoubt = false
            let asked = repository.time.uptime()
            for turn in try await claims(besides: own) {
                let now = try await storage.now()
                let unrenewed = await repository.memory.renewals.unrenewed(
                    claim(turn.id), until: turn.until, asked: asked, at: repository.time.uptime())
                if turn.isOver(at: now, unrenewed: unrenewed) {
                    try await storage.delete(claim(turn.id))
                    tookOver(turn)
                } else if turn.isDoubtful(at: now), doubtful[turn.id, default: turn.until] == turn.until {
                    // Renewed by the next look, by whatever clock, it is somebody's who lives.
                    doubtful[turn.id] = turn.until
                    isInDoubt = true
                } else {
                    return turn
                }
            }
            guard isInDoubt else { return nil }
            try await repository.time.sleep(for: Turn.renewal)
        }
    }

    private func claims(besides own: String?) async throws -> [Turn] {
        let objects = try await storage.all(under: claims)
        await repository.memory.renewals.keep(Set(objects.map(\.path)), in: claims)
        var turns: [Turn] = []
        for object in objects {
            guard let name = object.path.names.last?.validText, name.hasSuffix(".json") else { continue }
            let id = String(name.dropLast(5))
            guard id != own, let bytes = try await read(object.path) else { continue }
            turns.append(
                Turn.parse(bytes, id: id)
                    ?? Turn(
                        id: id, holder: "an unreadable turn, \(object.path)", since: object.modified,
                        until: object.modified.advanced(by: Turn.length)))
        }
        return turns
    }

    /// Renews the turn again and again; returns once it is lost, for good: others may have counted on its end. Throws `CancellationError`.
    ///
    /// - Parameter began: the uptime before it was put.
    private func keep(_ own: Turn, since began: Duration) async throws {
        let time = repository.time
        var current = own
        var renewed = began
        while true {
            try await time.sleep(for: Turn.length / 3)
            let asked = time.uptime()
            guard asked - renewed <= Turn.length else { return }
            do throws(StorageError) {
                guard try await storage.head(claim(own.id)) != nil else { return }
                current.until = try await storage.now().advanced(by: Turn.length)
                try await storage.put(current.canonicalBytes, at: claim(own.id), mode: .overwrite)
                // It may have ended, and somebody else's begun, before the store took up this call.
                guard time.uptime() - renewed <= Turn.length else { return }
                renewed = asked
            } catch {
                // A store that does not answer now may answer the next time.
            }
        }
    }

    func read(_ path: StoragePath) async throws(StorageError) -> [UInt8]? {
        do throws(StorageError) {
            return try await storage.get(path, range: 0..<64 * 1024)
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    // MARK: What ran

    /// The job's last run that was brought to its end; nil where none is known.
    public func record(_ job: String) async throws(StorageError) -> JobRecord? { try await read(last(job)).flatMap { JobRecord.parse($0) } }

    /// To be called in one's turn.
    public func note(_ record: JobRecord, of job: String) async throws(StorageError) {
        try await storage.put(record.canonicalBytes, at: last(job), mode: .overwrite)
    }

    /// The store's clock.
    public func now() async throws(StorageError) -> Timestamp { try await storage.now() }
}

extension Repository {
    /// - Parameter cluster: 1 to 100 letters, digits, dots, underscores and hyphens, as policies name clusters; nil where it is not.
    public func turns(of cluster: String) -> Turns? {
        let isPlain = cluster.utf8.allSatisfy { unit in
            switch unit {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isPlain, (1...100).contains(cluster.utf8.count), cluster != ".", cluster != ".." else { return nil }
        return Turns(self, cluster)
    }
}
