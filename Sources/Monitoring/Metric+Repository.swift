extension Metric {
    private static let cluster = ["cluster"]

    public static let repositoryBytes = Metric(
        "tidemark_repository_bytes", cluster,
        "Stored bytes of the repository's objects; looked up after backups, at most once an hour")
    public static let repositoryObjects = Metric("tidemark_repository_objects", cluster, "Objects of the repository, likewise")
    public static let repositorySnapshots = Metric(
        "tidemark_repository_snapshots", cluster, "Snapshots in the repository, of whatever cluster, likewise")
    public static let keptSnapshots = Metric("tidemark_retention_kept_snapshots", cluster, "Snapshots that the last retention kept")
    public static let forgottenSnapshots = Metric("tidemark_retention_forgotten_snapshots", cluster, "Snapshots that it forgot")
    public static let freedBytes = Metric("tidemark_retention_freed_bytes", cluster, "Bytes that it freed")
    public static let freedObjects = Metric("tidemark_retention_freed_objects", cluster, "Objects that it deleted")
    public static let checkedSnapshots = Metric(
        "tidemark_check_snapshots", cluster + ["state"], "Snapshots that the last check found whole or damaged")
    public static let checkFindings = Metric(
        "tidemark_check_findings", cluster + ["severity"], "What it found: note, warning, error; an error is a snapshot's loss")

    static let ofRepository = [
        repositoryBytes, repositoryObjects, repositorySnapshots, keptSnapshots, forgottenSnapshots, freedBytes, freedObjects,
        checkedSnapshots, checkFindings,
    ]
}
