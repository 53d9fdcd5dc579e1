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

        func excludes(_ other: Sort) -> Bool {
            self == .exclusive || other == .exclusive || self != .writer && self == other
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

    /// A lease that is not renewed ends after this.
    public static let length: Duration = .seconds(300)
    /// Publishing takes moments: one that was killed at it is waited for no longer than this and ``skew``.
    public static let turn: Duration = .seconds(60)
    /// Clocks may differ by this much: a lease counts as live until it has been over for so long.
    public static let skew: Duration = .seconds(30)

    func isLive(at moment: Timestamp) -> Bool { moment < until.advanced(by: Self.skew) }

    var canonicalBytes: [UInt8] {
        var members: [ByteString: JSON] = [
            "holder": .text(holder), "sort": .text(sort.rawValue), "since": .text(since.description), "until": .text(until.description),
        ]
        if !knows.isEmpty { members["knows"] = .array(knows.map { .text($0) }) }
        return JSON.object(members).canonicalBytes + [0x0a]
    }

    static func parse(_ bytes: [UInt8], id: String) -> Lease? {
        guard let json = try? JSON.parse(bytes), let sort = json["sort"]?.text?.validText.flatMap({ Sort(rawValue: $0) }),
            let holder = json["holder"]?.text, let since = json["since"]?.text?.validText.flatMap({ Timestamp($0) }),
            let until = json["until"]?.text?.validText.flatMap({ Timestamp($0) })
        else { return nil }
        let knows = (json["knows"]?.array ?? []).compactMap { $0.text?.validText }
        return Lease(id: id, sort: sort, holder: holder.escaped, since: since, until: until, knows: knows)
    }
}

extension Repository {
    /// The leases that are live now.
    public func leases() async throws -> [Lease] {
        let now = try await storage.now()
        var live: [Lease] = []
        for lease in try await allLeases() {
            if lease.isLive(at: now) {
                live.append(lease)
            } else if !lease.isLive(at: now.advanced(by: .seconds(-86_400))) {
                // A killed writer's, long over.
                try await storage.delete(Layout.lease(lease.id))
            }
        }
        return live
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

    /// Takes a lease; of two takers that exclude each other, at least one sees the other and gives way.
    func takeLease(_ sort: Lease.Sort, holder: String) async throws -> HeldLease {
        let now = try await storage.now()
        let length = sort == .publisher ? Lease.turn : Lease.length
        var lease = Lease(id: chance.bytes(16).hex, sort: sort, holder: holder, since: now, until: now.advanced(by: length))
        try await storage.put(lease.canonicalBytes, at: Layout.lease(lease.id), mode: .ifAbsent)
        do {
            if let other = try await leases().first(where: { $0.id != lease.id && sort.excludes($0.sort) }) {
                throw RepositoryError(
                    code: .locked,
                    message: "\(storage.name) is locked by \(other.holder), since \(other.since), until \(other.until) unless renewed",
                    hint: "Wait until it is done; a lease that is not renewed ends by itself at the time given.")
            }
            // After the lease was put: a prune that publishes its candidates later than this look finds the lease and waits for it.
            if sort == .writer {
                let candidates = try await candidates()
                if !candidates.isEmpty {
                    lease.knows = candidates.map(\.prune).sorted()
                    try await storage.put(lease.canonicalBytes, at: Layout.lease(lease.id), mode: .overwrite)
                }
                return HeldLease(lease: lease, storage: storage, time: time, candidates: candidates)
            }
        } catch {
            try await storage.delete(Layout.lease(lease.id))
            throw error
        }
        return HeldLease(lease: lease, storage: storage, time: time)
    }
}
