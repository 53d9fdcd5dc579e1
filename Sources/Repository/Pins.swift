import Bytes
public import Seams
public import SnapshotModel
import Storage

/// That a snapshot is not to be forgotten, beside its manifest, which never changes.
public struct Pin: Hashable, Sendable {
    public let snapshot: SnapshotID
    /// When it was pinned, on the store's clock.
    public let since: Timestamp
    /// Until when; nil: until it is unpinned.
    public let until: Timestamp?
    /// Why, in the operator's words.
    public let reason: String?

    public init(snapshot: SnapshotID, since: Timestamp, until: Timestamp? = nil, reason: String? = nil) {
        self.snapshot = snapshot
        self.since = since
        self.until = until
        self.reason = reason
    }

    public func holds(at moment: Timestamp) -> Bool { until.map { moment < $0 } ?? true }

    public var json: JSON {
        var members: [ByteString: JSON] = ["snapshot": .text(snapshot.description), "since": .text(since.description)]
        if let until { members["until"] = .text(until.description) }
        if let reason { members["reason"] = .text(reason) }
        return .object(members)
    }

    var canonicalBytes: [UInt8] { json.canonicalBytes + [0x0a] }

    /// One that cannot be read holds for ever, since what it says must not be lost.
    static func parse(_ bytes: [UInt8], of id: SnapshotID, put: Timestamp) -> Pin {
        let json = try? JSON.parse(bytes)
        func moment(_ key: ByteString) -> Timestamp? { json?[key]?.text?.validText.flatMap { Timestamp($0) } }
        return Pin(
            snapshot: id, since: moment("since") ?? put, until: moment("until"),
            reason: json?["reason"]?.text.map { $0.validText ?? $0.escaped })
    }
}

extension Repository {
    /// All pins, also those that are over.
    public func pins() async throws -> [SnapshotID: Pin] {
        var pins: [SnapshotID: Pin] = [:]
        for object in try await storage.all(under: Layout.pins) {
            guard let id = Layout.pin(at: object.path) else { continue }
            do throws(StorageError) {
                pins[id] = Pin.parse(try await storage.get(object.path, range: 0..<64 * 1024), of: id, put: object.modified)
            } catch {
                guard error.code == .notFound else { throw error }
            }
        }
        return pins
    }

    /// Pins the snapshot, in place of an earlier pin of it.
    /// - Parameter length: for how long, by the store's clock; nil: until it is unpinned.
    /// - Throws: `RepositoryError` (`noSuchSnapshot`; `locked` while somebody forgets); `StorageError`.
    @discardableResult
    public func pin(_ id: SnapshotID, for length: Duration? = nil, reason: String? = nil, holder: String) async throws -> Pin {
        try await withLease(.forgetter, holder: holder) { _ in
            _ = try await manifest(id)
            let now = try await storage.now()
            let pin = Pin(snapshot: id, since: now, until: length.map { now.advanced(by: $0) }, reason: reason)
            try await storage.put(pin.canonicalBytes, at: Layout.pin(of: id), mode: .overwrite)
            return pin
        }
    }

    /// False where the snapshot is not pinned.
    public func unpin(_ id: SnapshotID, holder: String) async throws -> Bool {
        guard try await storage.head(Layout.pin(of: id)) != nil else { return false }
        return try await withLease(.forgetter, holder: holder, freesRoom: true) { _ in
            guard try await storage.head(Layout.pin(of: id)) != nil else { return false }
            try await storage.delete(Layout.pin(of: id))
            return true
        }
    }

    /// Runs `body` under a lease that is renewed meanwhile and released whatever happens.
    /// - Parameter freesRoom: whether `body` is known to make room.
    func withLease<Result>(
        _ sort: Lease.Sort, holder: String, freesRoom: Bool = false, isolation: isolated (any Actor)? = #isolation,
        _ body: (HeldLease) async throws -> Result
    ) async throws -> Result {
        let lease = try await takeLease(sort, holder: holder, freesRoom: freesRoom)
        async let _: Void = lease.keep()
        do {
            let result = try await body(lease)
            await end(lease)
            return result
        } catch {
            await end(lease)
            throw error
        }
    }
}
