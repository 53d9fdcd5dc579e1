public import Recovery
public import Schedules

/// How snapshots of a cluster are taken.
public struct BackupRules: Sendable, Hashable {
    /// When; without a rhythm the agent takes none, and commands still go by the rest.
    public var cadence = Cadence()
    /// A run that is not done then is cancelled and has failed. Nil: no limit.
    public var timeLimit: Duration?
    /// Kinds, or kinds and globs, as `--only` and `--except` take them.
    public var only: [Selection.Rule] = []
    public var except: [Selection.Rule] = []
    public var tags: [String] = []
    /// Whether an unchanged cluster is recorded as such, in place of another snapshot.
    public var confirmUnchanged = true
    /// A cadence of its own for consumer positions, between the whole ones.
    public var offsets: OffsetsRules?

    public init() {}

    public var selection: Selection { Selection(only: only, except: except) }
}

/// When positions of consumer groups alone are captured.
public struct OffsetsRules: Sendable, Hashable {
    public var cadence = Cadence()
    public var timeLimit: Duration?

    public init() {}
}

/// When a repository is checked.
public struct CheckRules: Sendable, Hashable {
    public var cadence = Cadence()
    public var timeLimit: Duration?
    /// Whether every byte is read.
    public var readData = false

    public init() {}
}

/// When something is done, as it was written.
public struct Cadence: Sendable, Hashable {
    /// At most one of these two.
    public var cron: CronExpression?
    public var every: Duration?
    /// Of `cron`.
    public var timeZone = ZoneClock.utc
    public var jitter = Duration.zero

    public init() {}

    /// Nil where neither a cron line nor a period is given, or they do not go together; the reader refuses the latter.
    public var schedule: Schedule? {
        guard let rhythm = cron.map({ .cron($0, timeZone) }) ?? every.map({ Schedule.Rhythm.every($0) }) else { return nil }
        return try? Schedule(rhythm, jitter: jitter)
    }
}
