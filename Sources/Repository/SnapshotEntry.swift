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
    public func snapshots() async throws -> [SnapshotEntry] {
        var entries: [SnapshotEntry] = []
        for object in try await storage.all(under: Layout.snapshots) {
            guard let (id, finished) = Layout.snapshot(at: object.path) else { continue }
            let manifest: Result<Manifest, RepositoryError>
            do {
                manifest = .success(try await readManifest(object.path, id))
            } catch let error as RepositoryError {
                manifest = .failure(error)
            }
            entries.append(SnapshotEntry(id: id, finished: finished, path: object.path, manifest: manifest))
        }
        return SnapshotOrder.newestFirst(entries)
    }

    /// The manifest of a snapshot, proved by its id.
    public func manifest(_ id: SnapshotID) async throws -> Manifest {
        for object in try await storage.all(under: Layout.snapshots) where Layout.snapshot(at: object.path)?.id == id {
            return try await readManifest(object.path, id)
        }
        throw RepositoryError(
            code: .noSuchSnapshot, message: "\(storage.name) holds no snapshot \(id)", hint: "`tidemark snapshots` lists what there is.")
    }

    private func readManifest(_ path: StoragePath, _ id: SnapshotID) async throws -> Manifest {
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

/// The order of snapshots: what has a parent comes after it, whatever the clocks said; otherwise time decides.
enum SnapshotOrder {
    static func newestFirst(_ entries: [SnapshotEntry]) -> [SnapshotEntry] {
        let newest = entries.sorted { ($0.finished, $0.id) > ($1.finished, $1.id) }
        let places = Dictionary(newest.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var order: [SnapshotEntry] = []
        var isPlaced = [Bool](repeating: false, count: newest.count)
        // A snapshot comes out once all of its children have: those are counted first.
        var children = [Int](repeating: 0, count: newest.count)
        let parents = newest.map { entry in entry.intact?.lineage.parent.flatMap { places[$0] } }
        for parent in parents { if let parent { children[parent] += 1 } }
        var start = 0
        while start < newest.count {
            guard !isPlaced[start] else {
                start += 1
                continue
            }
            // The newest that waits for no child. A manifest is named by its hash, so there are no circles.
            guard let next = (start..<newest.count).first(where: { !isPlaced[$0] && children[$0] == 0 }) else { break }
            isPlaced[next] = true
            order.append(newest[next])
            if let parent = parents[next] { children[parent] -= 1 }
        }
        return order + newest.indices.filter { !isPlaced[$0] }.map { newest[$0] }
    }
}
