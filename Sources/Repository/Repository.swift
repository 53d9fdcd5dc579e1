public import Compression
public import Seams
public import Storage

/// Objects and manifests in a store: immutable pages named by their content, and snapshots that name their pages.
///
/// The format is described for strangers in docs/repository-format.md.
public struct Repository: Sendable {
    public let storage: any Storage
    public let format: RepositoryFormat
    let time: any TimeSource
    let chance: any ChanceSource
    /// Whether writers leave alone what a prune may delete. Tests switch it off to see that they would notice.
    var heedsCandidates = true
    /// What this process has read of it, and seen of it.
    let memory: RepositoryMemory

    var objects: Objects { Objects(storage: storage) }

    private init(
        _ storage: any Storage, _ format: RepositoryFormat, _ time: any TimeSource, _ chance: any ChanceSource, _ memory: RepositoryMemory
    ) {
        self.memory = memory
        self.storage = storage
        self.format = format
        self.time = time
        self.chance = chance
    }

    /// Makes a repository in an empty place.
    /// - Throws: `RepositoryError` where the place holds a repository or anything else, which is left as it is; `StorageError`.
    public static func initialize(
        _ storage: any Storage, codec: Codec = .zstd, time: any TimeSource, chance: any ChanceSource
    ) async throws -> Repository {
        if try await storage.head(Layout.format) != nil {
            throw RepositoryError(
                code: .alreadyARepository, message: "\(storage.name) is a repository already, and was left as it is",
                hint: "Use it as it is, or give another place.")
        }
        if let first = try await storage.list(nil, after: nil, limit: 1).first {
            throw RepositoryError(
                code: .notEmpty, message: "\(storage.name) is not empty: it holds \(first.path)", hint: "Give an empty or a new folder.")
        }
        let format = RepositoryFormat(
            repositoryID: chance.bytes(16), created: try await storage.now(), codec: codec, pages: PageParameters(salt: chance.bytes(16)))
        try await storage.put(format.canonicalBytes, at: Layout.format, mode: .ifAbsent)
        return Repository(storage, format, time, chance, RepositoryMemory())
    }

    /// Opens the repository in `storage`; its format is checked before anything else is read.
    /// - Parameter memory: what was read and seen of this very place before; nil: nothing.
    /// - Throws: `RepositoryError` where there is none or its version is not known; `StorageError`.
    public static func open(
        _ storage: any Storage, time: any TimeSource, chance: any ChanceSource, memory: RepositoryMemory? = nil
    ) async throws -> Repository {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try await storage.get(Layout.format, range: 0..<1 << 20)
        } catch {
            guard error.code == .notFound else { throw error }
            throw RepositoryError(
                code: .notARepository, message: "\(storage.name) is no repository: there is no \(Layout.format) in it",
                hint: "Check the path and whether the disk or share is mounted; `tidemark init` makes a new repository.")
        }
        return Repository(
            storage, try RepositoryFormat.parse(bytes, at: "\(storage.name)/\(Layout.format)"), time, chance, memory ?? RepositoryMemory())
    }
}
