extension Metric {
    private static let job = ["cluster", "job"]

    public static let backupDuration = Metric("tidemark_backup_duration_seconds", job, "How long the last backup took")
    public static let stageDuration = Metric(
        "tidemark_backup_stage_duration_seconds", job + ["stage"], "Of it, each stage: prepare, observe, write, publish")
    public static let observeDuration = Metric(
        "tidemark_backup_observe_duration_seconds", job + ["kind"], "Of it, reading each kind from the cluster")
    public static let calls = Metric("tidemark_backup_calls", job, "Requests that the last backup sent to brokers")
    public static let writtenBytes = Metric("tidemark_backup_written_bytes", job, "Stored bytes of the objects that it wrote")
    public static let writtenObjects = Metric("tidemark_backup_written_objects", job, "Objects that it wrote")
    public static let reusedObjects = Metric("tidemark_backup_reused_objects", job, "Objects that were there and that it used again")
    public static let resources = Metric(
        "tidemark_backup_resources", job + ["kind"], "Documents of the last backup that can be put back, by kind")
    public static let sectionComplete = Metric(
        "tidemark_backup_section_complete", job + ["kind"], "Whether everything of the kind was read; 0 for a partial or unread section")
    public static let unreadParts = Metric(
        "tidemark_backup_unread_parts", job + ["kind"],
        "Parts of the kind that could not be read: a broker, a group, a topic; 1 at least where none could")
    public static let gaps = Metric("tidemark_backup_gaps", job, "What could not be captured, such as a secret")
    public static let grade = Metric(
        "tidemark_backup_grade", job + ["grade"], "1 for the grade of the last backup, 0 for the others: stable, moved, partial, suspect")
    public static let confirmed = Metric(
        "tidemark_backup_confirmed", job,
        "Whether the last backup found the cluster unchanged and confirmed the snapshot that was there in place of a new one")

    static let ofBackup = [
        backupDuration, stageDuration, observeDuration, calls, writtenBytes, writtenObjects, reusedObjects, resources, sectionComplete,
        unreadParts, gaps, grade, confirmed,
    ]
}
