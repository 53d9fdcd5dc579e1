public import Seams

/// What an agent knows at a moment: all that metrics, health and people need.
public struct AgentStatus: Sendable, Hashable {
    public struct Cluster: Sendable, Hashable {
        public var name: String
        /// Whether it is known when its jobs last ran.
        public var isKnown: Bool
        /// The policy has it no more; its last run is under way.
        public var isLeaving: Bool
        public var running: Running?
        public var jobs: [Job: JobStatus]
    }

    public struct Running: Sendable, Hashable {
        public var job: Job
        public var since: Timestamp
        public var duration: Duration
        /// Whether it was told to end.
        public var isCancelled: Bool
    }

    public struct JobStatus: Sendable, Hashable {
        /// When the last run that ended well began, whoever's; nil where none is known.
        public var lastSuccess: Timestamp?
        /// How long ago that is: measured, where this process saw it, so that no clock that is set makes it wrong.
        public var age: Duration?
        /// Nil where it is not due again, or not known yet.
        public var nextDue: Timestamp?
        /// Runs in a row that did not end well.
        public var failures: Int
        /// Why the last one did not.
        public var failure: Failure?
        /// Whether a schedule passed and nothing ran.
        public var isMissed: Bool
        /// Since the agent began.
        public var counts: [RunCount: Int]
        public var schedule: String
    }

    /// In the policy's order.
    public var clusters: [Cluster]
    /// Whether it was told to stop.
    public var isStopping: Bool

    /// Whether it is known of every cluster when its jobs are due.
    public var isReady: Bool { !isStopping && clusters.allSatisfy(\.isKnown) }
}

extension AgentMachine {
    public func status(at moment: Moment) -> AgentStatus {
        AgentStatus(
            clusters: order.compactMap { name in
                clusters[name].map { cluster in
                    AgentStatus.Cluster(
                        name: name, isKnown: cluster.isKnown, isLeaving: cluster.isLeaving, running: running(cluster, moment),
                        jobs: cluster.jobs.mapValues { $0.status(at: moment) })
                }
            }, isStopping: phase != .serving)
    }

    private func running(_ cluster: ClusterState, _ moment: Moment) -> AgentStatus.Running? {
        cluster.underWay.map {
            let isCancelled = if case .cancelling = cluster.phase { true } else { false }
            return AgentStatus.Running(
                job: $0.run.job, since: $0.start.wall, duration: moment.uptime - $0.start.uptime, isCancelled: isCancelled)
        }
    }
}

extension JobState {
    func status(at moment: Moment) -> AgentStatus.JobStatus {
        let failure: Failure? = if case .failing(let failure) = trouble { failure } else { nil }
        return AgentStatus.JobStatus(
            lastSuccess: success.map { $0.onWall(at: moment) }, age: success.map { moment.uptime - $0.uptime }, nextDue: due,
            failures: failures,
            failure: failure, isMissed: trouble == .missed, counts: counts, schedule: rules.schedule.description)
    }
}
