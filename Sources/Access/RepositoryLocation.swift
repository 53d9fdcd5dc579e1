public import Recovery
public import Repository
public import Storage

/// Where a repository is, as `--repo` and policies name it: a path, or `file://` and a path.
public struct RepositoryLocation: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    public init(_ text: String) { description = text }

    /// The storage, whether a repository is in it or not. Throws a `RecoveryError` for what this release cannot reach.
    public func storage(_ world: World) throws(RecoveryError) -> any Storage {
        var path = description
        if let scheme = description.firstRange(of: "://") {
            guard description[..<scheme.lowerBound] == "file" else {
                throw RecoveryError(
                    .usage, "a repository at '\(description)' is beyond this release, which keeps repositories in directories",
                    hint: "give the path of a directory.")
            }
            path = String(description[scheme.upperBound...])
        }
        return DirectoryStorage(root: path, time: world.time)
    }

    /// The repository that is there. Throws `RepositoryError` or `StorageError` where there is none.
    ///
    /// - Parameter memory: what this process has read of the repository at this place before; nil: nothing.
    public func open(_ world: World, memory: RepositoryMemory? = nil) async throws -> Repository {
        try await Repository.open(try storage(world), time: world.time, chance: world.chance, memory: memory)
    }
}
