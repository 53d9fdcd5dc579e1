import Bytes
import Seams
public import SnapshotModel
import Storage

extension Repository {
    /// A reader that does not renew its record was killed: it counts for this long, and ``Lease/skew``.
    static let readerLength: Duration = .seconds(600)

    /// Runs `body` while the snapshot cannot be forgotten, by rules or by name: what a restore reads must not go under its hands.
    ///
    /// The record is put first, and then it is looked who forgets now: whoever begins later sees the record. Where the store cannot be
    /// written (a read-only copy) `body` runs all the same, and nobody forgets there either; so it does where no room is left: a plan is needed then
    /// most, and what is forgotten under it is an error that says so.
    /// - Throws: `RepositoryError` (`noSuchSnapshot` where it was forgotten meanwhile); `StorageError`; what `body` throws.
    public func withReader<Result>(
        of id: SnapshotID, holder: String, isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Result
    ) async throws -> Result {
        let path = Layout.reader(of: id, chance.bytes(16).hex)
        do throws(StorageError) {
            try await putReader(path, id, holder)
        } catch {
            guard [.notWritable, .notOurs, .full].contains(error.code) else { throw error }
            return try await body()
        }
        do {
            let result = try await reading(path, id, holder, body)
            try? await storage.delete(path)
            return result
        } catch {
            try? await storage.delete(path)
            throw error
        }
    }

    private func reading<Result>(
        _ path: StoragePath, _ id: SnapshotID, _ holder: String, isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Result
    ) async throws -> Result {
        // Cancelled, and waited for, when this scope is left: the record is not put again after it was deleted.
        async let _: Void = keepReader(path, id, holder)
        while try await leases().contains(where: { $0.sort == .forgetter || $0.sort == .exclusive }) {
            try await time.sleep(for: .milliseconds(500))
        }
        _ = try await manifest(id)
        return try await body()
    }

    private func putReader(_ path: StoragePath, _ id: SnapshotID, _ holder: String) async throws(StorageError) {
        let now = try await storage.now()
        let record = JSON.object([
            "snapshot": .text(id.description), "holder": .text(holder), "since": .text(now.description),
            "until": .text(now.advanced(by: Self.readerLength).description),
        ])
        try await storage.put(record.canonicalBytes + [0x0a], at: path, mode: .overwrite)
    }

    /// Until it is cancelled.
    private func keepReader(_ path: StoragePath, _ id: SnapshotID, _ holder: String) async {
        while (try? await time.sleep(for: Self.readerLength / 3)) != nil {
            // A store that does not answer now may answer the next time.
            try? await putReader(path, id, holder)
        }
    }

    /// The snapshots that somebody reads under ``withReader(of:holder:isolation:_:)``.
    public func snapshotsBeingRead() async throws -> Set<SnapshotID> {
        let now = try await storage.now()
        var read: Set<SnapshotID> = []
        for object in try await storage.all(under: Layout.readers) {
            guard let id = Layout.reader(at: object.path), try await isReading(object, at: now) else { continue }
            read.insert(id)
        }
        return read
    }

    /// Records of readers that were killed.
    func endedReaders() async throws -> [StoragePath] {
        let now = try await storage.now()
        var ended: [StoragePath] = []
        for object in try await storage.all(under: Layout.readers) where Layout.reader(at: object.path) != nil {
            if try await !isReading(object, at: now) { ended.append(object.path) }
        }
        return ended
    }

    /// One that cannot be read counts from when it was put.
    private func isReading(_ object: StoredObject, at now: Timestamp) async throws -> Bool {
        do throws(StorageError) {
            let bytes = try await storage.get(object.path, range: 0..<64 * 1024)
            let json = try? JSON.parse(bytes)
            let until = json?["until"]?.text?.validText.flatMap { Timestamp($0) } ?? object.modified.advanced(by: Self.readerLength)
            return now < until.advanced(by: Lease.skew)
        } catch {
            guard error.code == .notFound else { throw error }
            return false
        }
    }
}
