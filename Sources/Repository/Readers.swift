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
        Set(try await readers().filter(\.isLive).map(\.snapshot))
    }

    /// The record of somebody who reads a snapshot, or did.
    struct Reader {
        let path: StoragePath
        let snapshot: SnapshotID
        /// Who it is, in words for the operator.
        let holder: String
        let isLive: Bool
        /// From then on it counts for nothing unless it is renewed, by the store's clock.
        let end: Timestamp
        /// Written while the store's clock was ahead: it counts until it was not renewed for as long as such a record lasts, as far as this
        /// process knows, and not until its end.
        let isOfTheFuture: Bool
    }

    func readers() async throws -> [Reader] {
        let (now, asked) = (try await storage.now(), time.uptime())
        var readers: [Reader] = []
        for object in try await storage.all(under: Layout.readers) {
            guard let snapshot = Layout.reader(at: object.path), let record = try await readerRecord(object) else { continue }
            let unrenewed = await memory.renewals.unrenewed(
                object.path, until: record.until, asked: asked, at: time.uptime())
            let end = min(record.until.advanced(by: Lease.skew), now.advanced(by: Self.readerLength + Lease.skew - unrenewed))
            readers.append(
                Reader(
                    path: object.path, snapshot: snapshot, holder: record.holder, isLive: now < end, end: end,
                    isOfTheFuture: record.until > now.advanced(by: Self.readerLength + Lease.skew)))
        }
        await memory.renewals.keep(Set(readers.map(\.path)), in: Layout.readers)
        return readers
    }

    /// One that cannot be read counts from when it was put. Nil where it is not there any more.
    private func readerRecord(_ object: StoredObject) async throws -> (holder: String, until: Timestamp)? {
        do throws(StorageError) {
            let bytes = try await storage.get(object.path, range: 0..<64 * 1024)
            let json = try? JSON.parse(bytes)
            return (
                json?["holder"]?.text?.escaped ?? "an unreadable record, \(object.path)",
                json?["until"]?.text?.validText.flatMap { Timestamp($0) } ?? object.modified.advanced(by: Self.readerLength)
            )
        } catch {
            guard error.code == .notFound else { throw error }
            return nil
        }
    }

    /// Who holds a lease or reads, by a record that counts and was written while the store's clock was ahead; and when it is over unless renewed.
    func holdersOfTheFuture() async throws -> [(holder: String, end: Timestamp)] {
        let now = try await storage.now()
        var found: [(holder: String, end: Timestamp)] = []
        for lease in try await leases() where lease.isOfTheFuture(at: now) { found.append((lease.holder, await end(of: lease, at: now))) }
        return found + (try await readers().filter { $0.isLive && $0.isOfTheFuture }.map { ($0.holder, $0.end) })
    }
}
