import Bytes
public import Seams
import SnapshotModel
import Storage

/// Who works in a repository, since when and until when. Counted by the store's clock.
public struct Lease: Hashable, Sendable {
    public enum Sort: String, Sendable, CaseIterable {
        /// Adds objects and snapshots; any number at once.
        case writer
        /// Deletes: alone.
        case exclusive
        /// A writer whose turn it is to publish: one at a time, beside writers.
        case publisher
    }

    /// 32 hexadecimal digits.
    public let id: String
    public let sort: Sort
    /// Who it is, in words for the operator.
    public let holder: String
    public let since: Timestamp
    public var until: Timestamp

    /// A lease that is not renewed ends after this.
    public static let length: Duration = .seconds(300)
    /// Publishing takes moments: one that was killed at it is waited for no longer than this and ``skew``.
    public static let turn: Duration = .seconds(60)
    /// Clocks may differ by this much: a lease counts as live until it has been over for so long.
    public static let skew: Duration = .seconds(30)

    func isLive(at moment: Timestamp) -> Bool { moment < until.advanced(by: Self.skew) }

    var canonicalBytes: [UInt8] {
        JSON.object([
            "holder": .text(holder), "sort": .text(sort.rawValue), "since": .text(since.description), "until": .text(until.description),
        ]).canonicalBytes + [0x0a]
    }

    static func parse(_ bytes: [UInt8], id: String) -> Lease? {
        guard let json = try? JSON.parse(bytes), let sort = json["sort"]?.text?.validText.flatMap({ Sort(rawValue: $0) }),
            let holder = json["holder"]?.text, let since = json["since"]?.text?.validText.flatMap({ Timestamp($0) }),
            let until = json["until"]?.text?.validText.flatMap({ Timestamp($0) })
        else { return nil }
        return Lease(id: id, sort: sort, holder: holder.escaped, since: since, until: until)
    }
}

extension Lease.Sort {
    func excludes(_ other: Lease.Sort) -> Bool {
        // A publisher is a writer too: nobody deletes while its other lease is live.
        if self == .publisher { return other == .publisher }
        return self == .exclusive || other == .exclusive
    }
}

extension Repository {
    /// The leases that are live now.
    public func leases() async throws -> [Lease] {
        let now = try await storage.now()
        var live: [Lease] = []
        for object in try await storage.all(under: Layout.leases) {
            guard let name = object.path.names.last?.validText, name.hasSuffix(".json") else { continue }
            let bytes: [UInt8]
            do throws(StorageError) {
                bytes = try await storage.get(object.path, range: 0..<64 * 1024)
            } catch {
                // Released between the list and the look.
                if error.code == .notFound { continue }
                throw error
            }
            let id = String(name.dropLast(5))
            // A lease that cannot be read is taken for somebody's, until it is too old to be.
            let lease =
                Lease.parse(bytes, id: id)
                ?? Lease(
                    id: id, sort: .exclusive, holder: "an unreadable lease, \(object.path)", since: object.modified,
                    until: object.modified.advanced(by: Lease.length))
            if lease.isLive(at: now) {
                live.append(lease)
            } else if !lease.isLive(at: now.advanced(by: .seconds(-86_400))) {
                // A killed writer's, long over.
                try await storage.delete(object.path)
            }
        }
        return live
    }

    /// Takes a lease; of two takers that exclude each other, at least one sees the other and gives way.
    func takeLease(_ sort: Lease.Sort, holder: String) async throws -> HeldLease {
        let now = try await storage.now()
        let length = sort == .publisher ? Lease.turn : Lease.length
        let lease = Lease(id: chance.bytes(16).hex, sort: sort, holder: holder, since: now, until: now.advanced(by: length))
        try await storage.put(lease.canonicalBytes, at: Layout.lease(lease.id), mode: .ifAbsent)
        do {
            if let other = try await leases().first(where: { $0.id != lease.id && sort.excludes($0.sort) }) {
                throw RepositoryError(
                    code: .locked,
                    message: "\(storage.name) is locked by \(other.holder), since \(other.since), until \(other.until) unless renewed",
                    hint: "Wait until it is done; a lease that is not renewed ends by itself at the time given.")
            }
        } catch {
            try await storage.delete(Layout.lease(lease.id))
            throw error
        }
        return HeldLease(lease: lease, storage: storage, time: time)
    }
}
