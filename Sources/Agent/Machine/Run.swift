public import Seams

/// One run of one job, for as long as this process lives.
public struct RunID: Sendable, Hashable, CustomStringConvertible {
    public let number: Int

    public var description: String { "\(number)" }
}

/// A run as the machine asks for it.
public struct Run: Sendable, Hashable {
    public let id: RunID
    public let cluster: String
    public let job: Job
    /// How long ago the occurrence was due that it serves, of several the newest: a run of another agent that began since then serves it
    /// as well.
    public let late: Duration
    /// That occurrence by the schedule, jitter left aside; nil where there was none yet.
    public let occurrence: Timestamp?
    /// From one occurrence to the next.
    public let gap: Duration
    /// Whether this process has told of trouble with the job and not yet of its end.
    public let isTroubled: Bool

    /// Two agents' clocks are not one: a run of the other that began so much earlier than due still serves.
    static func tolerance(_ gap: Duration) -> Duration { min(.seconds(30), gap / 2) }

    /// Whether a run that began `ago` is so recent that whoever made it is at work still.
    func isRecent(_ ago: Duration) -> Bool { ago >= .zero - Self.tolerance(gap) && ago <= gap + Self.tolerance(gap) }
}

/// A look whether anybody ran a job that is overdue.
public struct Review: Sendable, Hashable {
    public let cluster: String
    public let job: Job
    /// How long ago a run may have begun, by the store's clock, that serves what was due.
    public let served: Duration
    /// What was due: the first occurrence that no run has served, jitter left aside; nil where it is none of the schedule's.
    public var occurrence: Timestamp?
    /// From one occurrence to the next.
    public var gap: Duration = .zero

    /// What is told where nobody ran it.
    var missedWords: String { "The \(job) of \(cluster) was due \(served.words) ago or longer, and no agent has done it." }
    static let missedHint =
        "Look in the log what ran then: a run that took longer than the time between two (raise it, or give timeLimit), runs of other "
        + "clusters (raise agent.parallel), or nothing, because the machine slept or no agent ran."
}

/// What went wrong with a run, for people and for scripts.
public struct Failure: Error, Sendable, Hashable {
    public var message: String
    public var hint: String
    /// As docs/cli.md lists them.
    public var exitCode: Int32

    public init(_ message: String, hint: String, exitCode: Int32) {
        self.message = message
        self.hint = hint
        self.exitCode = exitCode
    }
}

/// How a run ended.
public enum Outcome: Sendable, Hashable {
    /// Everything that the job is for was done.
    case succeeded
    /// It was done, but not wholly: a part could not be read, a snapshot is suspect. Tried again when it is due again.
    case incomplete(Failure)
    case failed(Failure)
    /// Another agent did it, beginning so long ago; with what it could not do, where not wholly.
    case doneByOther(ago: Duration, shortfall: Failure? = nil)
    /// Somebody else is at it: another agent, or, with a time, whoever holds a lease that ends then unless it is renewed.
    case busy(holder: String, until: Timestamp? = nil)
    /// Ended because the machine asked for it.
    case cancelled
}
