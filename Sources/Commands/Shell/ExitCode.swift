/// How a run of `tidemark` ended, for scripts. The one place where the numbers are; docs/cli.md prints the same table.
public enum ExitCode: Int32, Sendable, CaseIterable {
    case success = 0
    /// A fault of Tidemark itself, or one that it has no word for.
    case unexpected = 1
    case partial = 10
    case suspect = 11
    case nothingToDo = 12
    case conflict = 13
    case validationFailed = 14
    case repositoryDamaged = 15
    case locked = 16
    case cannotConnect = 17
    case denied = 18
    case repositoryUnusable = 19
    case different = 20
    case outputLost = 21
    case cannotListen = 22
    /// EX_USAGE of sysexits.h.
    case usage = 64
    /// 128 + SIGINT, as shells count.
    case interrupted = 130
    /// 128 + SIGPIPE: how programs end whose reader has read enough.
    case readerGone = 141

    public var name: String {
        switch self {
        case .success: "success"
        case .unexpected: "unexpected"
        case .partial: "partial"
        case .suspect: "suspect"
        case .nothingToDo: "nothing to do"
        case .conflict: "conflict"
        case .validationFailed: "validation failed"
        case .repositoryDamaged: "repository damaged"
        case .locked: "locked"
        case .cannotConnect: "cannot connect"
        case .denied: "authentication or rights"
        case .repositoryUnusable: "repository unusable"
        case .different: "different"
        case .outputLost: "output lost"
        case .cannotListen: "cannot listen"
        case .usage: "usage"
        case .interrupted: "interrupted"
        case .readerGone: "reader gone"
        }
    }

    /// The row's last column in docs/cli.md.
    public var meaning: String {
        switch self {
        case .success: "everything that was asked for was done"
        case .unexpected: "an error that Tidemark did not foresee; nothing more was done after it"
        case .partial: "done, but something could not be read or applied; the report names it"
        case .suspect: "a snapshot was taken, but holds implausibly less than the one before"
        case .nothingToDo: "the target already is as wanted; nothing was changed"
        case .conflict: "a plan cannot be carried out, or must not be; nothing was changed"
        case .validationFailed: "the cluster is not healthy, or not what the plan promised"
        case .repositoryDamaged: "the repository holds something that is missing, truncated, altered or not readable"
        case .locked: "somebody else holds the repository, or restores onto the same target"
        case .cannotConnect: "no broker, or no schema registry, could be reached and understood in time"
        case .denied: "credentials, a certificate or rights were refused"
        case .repositoryUnusable:
            "the repository or the catalog cannot be opened or written: not there, not one, of another format, full, no right"
        case .different: "`diff --exit-code` found differences, and all could be compared"
        case .outputLost: "the work was done, but standard output or the metrics file could not be written (a full disk)"
        case .cannotListen:
            "metrics and health cannot be served where they were to be: the port is taken, the address not there or not to be found, no right"
        case .usage: "the command line, or a file or port that it names, cannot be understood or used"
        case .interrupted: "stopped by SIGINT, SIGTERM or a no at the prompt; the last line says what was done"
        case .readerGone: "the work was done, but whoever read standard output (`| head`) went away before its end"
        }
    }

    /// The worse of two ends of one run: what went wrong in it wins over what went well.
    public func or(_ other: ExitCode) -> ExitCode { self == .success || (self == .nothingToDo && other != .success) ? other : self }
}
