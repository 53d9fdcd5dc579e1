public import Repository

/// What a policy lets an agent do: the seam between its decisions and the pipelines.
public protocol Runner: Sendable {
    /// The cluster's repository, opened.
    func repository(of cluster: String) async throws -> Repository

    /// One run of a job, to its end. Cancelling the task cancels it; whatever it throws, what it left behind is in order.
    func perform(_ job: Job, of cluster: String) async throws -> Ending

    /// How a run would end that finds nothing to free in the repository, without putting anything there; nil where it finds something.
    func idle(_ job: Job, of cluster: String) async throws -> Ending?

    /// Which part of the cluster a job is about, as far as two policies may differ in it; nil where they cannot.
    func selection(of job: Job, in cluster: String) -> String?

    /// Kafka's id of the cluster; nil where it does not answer soon.
    func clusterID(of cluster: String) async -> String?

    /// The same where somebody has seen it already: nobody is asked.
    func seenClusterID(of cluster: String) -> String?

    /// An error of these in words for people and scripts, without secrets.
    func explain(_ error: any Error) -> Failure
}

extension Runner {
    public func idle(_ job: Job, of cluster: String) async throws -> Ending? { nil }
    public func selection(of job: Job, in cluster: String) -> String? { nil }
    public func clusterID(of cluster: String) async -> String? { nil }
    public func seenClusterID(of cluster: String) -> String? { nil }

    /// Kafka's id of the cluster that a job's troubles are of; nil where it is not known, and of a check, which is of the repository alone.
    ///
    /// - Parameter failure: a conflict may be about just this, and the cluster has answered: it is asked.
    func owner(of job: Job, in cluster: String, _ turns: Turns?, _ failure: Failure? = nil) async -> String? {
        if job == .check { return nil }
        if let seen = seenClusterID(of: cluster) { return seen }
        if failure?.exitCode == 13 { return await clusterID(of: cluster) }
        // Before it was seen, as by an agent that was started anew while it is down, it is the one that was read last.
        return try? await turns?.record(Job.backup.rawValue)?.clusterID
    }

    /// What a record under a cluster's name is to the cluster that this policy means by the name.
    func kinship(of record: JobRecord, _ job: Job, _ cluster: String) async -> Kinship {
        if let theirs = record.selection, let ours = selection(of: job, in: cluster), theirs != ours { return .otherSelection }
        // Whoever cannot reach the cluster takes the other's word: two agents of one cluster of which one is cut off are no two clusters.
        guard let theirs = record.clusterID, let ours = await clusterID(of: cluster), theirs != ours else { return .same }
        return .otherCluster
    }
}

enum Kinship: Sendable {
    case same, otherCluster, otherSelection
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
    /// Kafka's id of the cluster that was read; nil where none was.
    public var clusterID: String?
    /// Where the policy reaches that cluster, `host:port` in ascending order.
    public var addresses: [String]

    public init(
        summary: String, shortfall: Failure? = nil, barredBy: Lease? = nil, report: (any Sendable)? = nil, size: RepositorySize? = nil,
        clusterID: String? = nil, addresses: [String] = []
    ) {
        self.summary = summary
        self.shortfall = shortfall
        self.barredBy = barredBy
        self.report = report
        self.size = size
        self.clusterID = clusterID
        self.addresses = addresses
    }
}

/// What a policy means to an agent: read again as a whole, or not at all.
public struct Engagement: Sendable {
    public var rules: AgentRules
    public var runner: any Runner
    /// Who is told, by cluster.
    public var receivers: [String: [Receiver]]
    /// What will not work as things are now, and may still when it is needed.
    public var remarks: [Failure]

    /// Everybody who is told of anything.
    var everybody: [Receiver] { receivers.values.flatMap { $0 } }

    /// Whether anybody is told of `event`.
    func tells(_ event: Notice.Event, of cluster: String) -> Bool { receivers[cluster]?.contains { $0.events.contains(event) } ?? false }

    func matter(_ job: Job, of cluster: String, gap: Duration, _ failure: Failure? = nil) async -> Matter {
        let turns = try? await runner.repository(of: cluster).turns(of: cluster)
        return Matter(job: job, cluster: cluster, gap: gap, turns: turns, owner: await runner.owner(of: job, in: cluster, turns, failure))
    }

    public init(rules: AgentRules, runner: any Runner, receivers: [String: [Receiver]] = [:], remarks: [Failure] = []) {
        self.rules = rules
        self.runner = runner
        self.receivers = receivers
        self.remarks = remarks
    }
}
