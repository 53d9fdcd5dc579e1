import ArgumentParser
import Repository
import Storage

/// `--repo` or `TIDEMARK_REPOSITORY`.
struct RepositoryOptions: ParsableArguments {
    static let variable = "TIDEMARK_REPOSITORY"

    @Option(
        name: .customLong("repo"),
        help: ArgumentHelp("The repository's directory; else \(Self.variable) says it.", valueName: "directory"), completion: .directory)
    var location: String?

    /// Where the repository is or shall be.
    func storage(_ shell: Shell) throws -> any Storage {
        guard let location = location ?? shell.variable(Self.variable), !location.isEmpty else {
            throw UsageError("no repository is named", hint: "give --repo, or set \(Self.variable).")
        }
        var path = location
        if let scheme = location.range(of: "://") {
            guard location[..<scheme.lowerBound] == "file" else {
                throw UsageError(
                    "a repository at '\(location)' is beyond this release, which keeps repositories in directories",
                    hint: "give the path of a directory.")
            }
            path = String(location[scheme.upperBound...])
        }
        return DirectoryStorage(root: path, time: shell.time)
    }

    func open(_ shell: Shell) async throws -> Repository {
        try await Repository.open(try storage(shell), time: shell.time, chance: shell.chance)
    }
}

/// A snapshot, as operators name one.
struct SnapshotArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("latest, latest~2, the beginning of an id, or @2026-11-23T10:00Z.", valueName: "snapshot"))
    var reference = "latest"
}
