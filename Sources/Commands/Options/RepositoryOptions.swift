import Access
import ArgumentParser
import Policies
import Repository
import Storage

/// `--repo` or `TIDEMARK_REPOSITORY`.
struct RepositoryOptions: ParsableArguments {
    static let variable = "TIDEMARK_REPOSITORY"

    @Option(
        name: .customLong("repo"),
        help: ArgumentHelp("The repository's directory; else \(Self.variable) says it.", valueName: "directory"), completion: .directory)
    var location: String?

    /// `policy`: what counts where no option says otherwise; it goes before the environment.
    func place(_ shell: Shell, _ policy: ProtectedCluster?) throws(UsageError) -> RepositoryLocation {
        guard let location = location ?? policy?.repository ?? shell.variable(Self.variable), !location.isEmpty else {
            throw UsageError("no repository is named", hint: "give --repo or --policy, or set \(Self.variable).")
        }
        return RepositoryLocation(location)
    }

    /// Where the repository is or shall be.
    func storage(_ shell: Shell, _ policy: ProtectedCluster?) throws -> any Storage { try place(shell, policy).storage(shell.world) }

    func open(_ shell: Shell, _ policy: ProtectedCluster?) async throws -> Repository {
        try await place(shell, policy).open(shell.world)
    }
}

/// A snapshot, as operators name one.
struct SnapshotArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("latest, latest~2, latest:any, the beginning of an id, or @2026-11-23T10:00Z.", valueName: "snapshot"))
    var reference = "latest"
}
