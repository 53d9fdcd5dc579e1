import Cryptography
public import Seams
public import SnapshotModel
public import Storage

/// One snapshot of a repository, whole or damaged.
public struct SnapshotEntry: Sendable {
    public let id: SnapshotID
    /// When it was finished, as its file name says.
    public let finished: Timestamp
    public let path: StoragePath
    /// The manifest, or what is wrong with it.
    public let manifest: Result<Manifest, RepositoryError>

    public var intact: Manifest? { try? manifest.get() }
    public var problem: RepositoryError? { if case .failure(let error) = manifest { error } else { nil } }
}

extension Repository {
    /// Bytes; a usual manifest has a few thousand.
    static let longestManifest = 64 << 20

    /// All snapshots, the newest first: a snapshot before its parents, and otherwise by time. Damaged ones are in the list too,
    /// each with its problem.
    /// - Parameter known: what was read in this run already: a whole manifest is not read again, as it never changes.
    public func snapshots(known: [SnapshotEntry] = []) async throws -> [SnapshotEntry] {
        let whole = Dictionary(known.filter { $0.intact != nil }.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        var entries: [SnapshotEntry] = []
        for object in try await storage.all(under: Layout.snapshots) {
            guard let (id, finished) = Layout.snapshot(at: object.path) else { continue }
            if let entry = whole[object.path] {
                entries.append(entry)
                continue
            }
            let manifest = try await manifestOrProblem(object.path, id)
            entries.append(SnapshotEntry(id: id, finished: finished, path: object.path, manifest: manifest))
        }
        return SnapshotOrder.newestFirst(entries)
    }

    /// The snapshots that there are, without reading any.
    public func snapshotIDs() async throws -> Set<SnapshotID> {
        let files = try await storage.all(under: Layout.snapshots)
        if let same = await memory.snapshots.outlines(of: files) { return Set(same.map(\.id)) }
        return Set(files.compactMap { Layout.snapshot(at: $0.path)?.id })
    }

    /// The manifest of a snapshot, proved by its id.
    public func manifest(_ id: SnapshotID) async throws -> Manifest {
        for object in try await storage.all(under: Layout.snapshots) where Layout.snapshot(at: object.path)?.id == id {
            return try await readManifest(object.path, id)
        }
        throw RepositoryError(
            code: .noSuchSnapshot, message: "\(storage.name) holds no snapshot \(id)", hint: "`tidemark snapshots` lists what there is.")
    }

    /// For lists: one file that cannot be read takes nothing from the others. Throws where the store itself fails.
    func manifestOrProblem(_ path: StoragePath, _ id: SnapshotID) async throws -> Result<Manifest, RepositoryError> {
        do {
            return .success(try await readManifest(path, id))
        } catch let error as RepositoryError {
            return .failure(error)
        } catch let error as StorageError {
            guard let damage = Damage(error, path) else { throw error }
            return .failure(damage.error)
        }
    }

    func readManifest(_ path: StoragePath, _ id: SnapshotID) async throws -> Manifest {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try await storage.get(path, range: 0..<Self.longestManifest)
        } catch {
            guard error.code == .notFound else { throw error }
            throw Damage(.missing, path, "it was there a moment ago").error
        }
        let digest = HashFunction.sha256.digest(bytes)
        guard digest == id.bytes else { throw Damage(.altered, path, "its bytes do not have the SHA-256 of its name").error }
        let manifest: Manifest
        do throws(ManifestError) {
            manifest = try Manifest.parse(bytes)
        } catch {
            throw RepositoryError(
                code: .damaged, message: "\(path): \(error.message)", hint: error.hint, damage: Damage(.malformed, path, error.message))
        }
        let place = Layout.snapshot(id, finished: manifest.finished)
        guard place == path else { throw Damage(.misplaced, path, "it belongs at \(place)").error }
        return manifest
    }
}
