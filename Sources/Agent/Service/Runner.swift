public import Repository

/// What a policy lets an agent do: the seam between its decisions and the pipelines.
public protocol Runner: Sendable {
    /// The cluster's repository, opened.
    func repository(of cluster: String) async throws -> Repository

    /// One run of a job, to its end. Cancelling the task cancels it; whatever it throws, what it left behind is in order.
    func perform(_ job: Job, of cluster: String) async throws -> Ending

    /// An error of these two in words for people and scripts, without secrets.
    func explain(_ error: any Error) -> Failure
}

/// How a run ended that was brought to its end.
public struct Ending: Sendable {
    /// What it could not do; nil where it did everything that it is for.
    public var shortfall: Failure?
    /// Somebody holds a lease that keeps it from being done wholly: it gives way, and is tried again soon. Nil where nobody does.
    public var barredBy: Lease?
    /// One line for the log: what was done.
    public var summary: String
    /// The pipeline's own report, for whoever measures; an array where there are several.
    public var report: (any Sendable)?
    /// The repository's, where it was looked up.
    public var size: RepositorySize?

    public init(
        summary: String, shortfall: Failure? = nil, barredBy: Lease? = nil, report: (any Sendable)? = nil, size: RepositorySize? = nil
    ) {
        self.summary = summary
        self.shortfall = shortfall
        self.barredBy = barredBy
        self.report = report
        self.size = size
    }
}

/// What a policy means to an agent: read again as a whole, or not at all.
public struct Engagement: Sendable {
    public var rules: AgentRules
    public var runner: any Runner
    /// Who is told, by cluster.
    public var receivers: [String: [Receiver]]

    public init(rules: AgentRules, runner: any Runner, receivers: [String: [Receiver]] = [:]) {
        self.rules = rules
        self.runner = runner
        self.receivers = receivers
    }
}
