/// What a process keeps of a repository, run after run. Nothing of it is needed: a process that has just begun knows none of it.
public struct RepositoryMemory: Sendable {
    let snapshots = SnapshotMemory()
    let renewals = RenewalWatch()

    public init() {}
}
