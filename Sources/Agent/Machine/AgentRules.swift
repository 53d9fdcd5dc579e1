public import Schedules

/// What the machine knows of a policy: names, schedules, limits. How a cluster is reached is none of its business.
public struct AgentRules: Sendable, Hashable {
    /// In the policy's order; their names differ.
    public var clusters: [ClusterRules]
    /// The pause after a first failure of a job, or the time between two runs where that is shorter; doubled with each further failure up to
    /// `longestBackoff`, or ten times the time between two runs where that is shorter.
    public var backoff: Duration
    public var longestBackoff: Duration
    /// How many clusters are worked on at a time; 1 or more.
    public var parallel: Int
    /// How long a run under way may go on after the agent was asked to stop, before it is cancelled.
    public var stopWithin: Duration

    public init(
        clusters: [ClusterRules], backoff: Duration = .seconds(30), longestBackoff: Duration = .seconds(900), parallel: Int = 4,
        stopWithin: Duration = .seconds(60)
    ) {
        self.clusters = clusters
        self.backoff = backoff
        self.longestBackoff = longestBackoff
        self.parallel = max(1, parallel)
        self.stopWithin = stopWithin
    }
}

/// A cluster's jobs.
public struct ClusterRules: Sendable, Hashable {
    public var name: String
    public var jobs: [Job: JobRules]
    /// Where it and its repository are, in no words that the machine understands: another place is another history.
    public var place: String

    public init(name: String, jobs: [Job: JobRules], place: String = "") {
        self.name = name
        self.jobs = jobs
        self.place = place
    }
}

/// When a job is due and how long a run of it may take.
public struct JobRules: Sendable, Hashable {
    public var schedule: Schedule
    /// A run that is not done then is cancelled and has failed. Nil: no limit.
    public var timeLimit: Duration?

    public init(schedule: Schedule, timeLimit: Duration? = nil) {
        self.schedule = schedule
        self.timeLimit = timeLimit
    }
}
