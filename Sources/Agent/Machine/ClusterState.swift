import Seams

/// What the machine knows of one cluster.
struct ClusterState: Sendable {
    enum Phase: Sendable, Hashable {
        /// What the repository knows of earlier runs is being looked up. Becomes `idle`.
        case looking
        /// Nothing runs. Becomes `running`.
        case idle
        /// A run is under way. Becomes `idle`, or `cancelling`.
        case running(UnderWay)
        /// A run was told to end and has not yet. Becomes `idle`.
        case cancelling(UnderWay, CancelReason)
    }

    struct UnderWay: Sendable, Hashable {
        let run: Run
        let start: Moment
    }

    var rules: ClusterRules
    var phase = Phase.looking
    var jobs: [Job: JobState]
    /// The policy has it no more; it goes as soon as nothing of it runs.
    var isLeaving = false
    /// The policy has it elsewhere now: what is known of it is of another place, and is looked up as soon as nothing of it runs.
    var hasMoved = false

    init(_ rules: ClusterRules) {
        self.rules = rules
        jobs = Dictionary(uniqueKeysWithValues: rules.jobs.map { ($0, JobState($1, cluster: rules.name, job: $0)) })
    }

    /// Whether what is known of its jobs is of the place where it is.
    var isKnown: Bool { phase != .looking && !hasMoved }

    var underWay: UnderWay? {
        switch phase {
        case .looking, .idle: nil
        case .running(let underWay), .cancelling(let underWay, _): underWay
        }
    }

    /// The job whose turn it is: the one that waits longest; a backup in place of offsets.
    func next(at moment: Moment, once: Bool) -> (job: Job, since: Duration)? {
        guard phase == .idle, !isLeaving else { return nil }
        var ready = jobs.filter { $1.isReady(at: moment) && !(once && $1.isDone) }
        if ready[.backup] != nil { ready[.offsets] = nil }
        let first = ready.min { ($0.value.readyAt(moment) ?? .zero, $0.key) < ($1.value.readyAt(moment) ?? .zero, $1.key) }
        return first.map { ($0.key, $0.value.readyAt(moment) ?? moment.uptime) }
    }

    /// Takes over a changed policy; jobs that are new have no history.
    mutating func change(to rules: ClusterRules, at moment: Moment) {
        isLeaving = false
        if rules.place != self.rules.place {
            hasMoved = true
            jobs = Dictionary(
                uniqueKeysWithValues: rules.jobs.map { job, rules in
                    (job, jobs[job]?.forgotten(rules) ?? JobState(rules, cluster: self.rules.name, job: job))
                })
            self.rules = rules
            return
        }
        self.rules = rules
        jobs = jobs.filter { rules.jobs[$0.key] != nil }
        for (job, changed) in rules.jobs {
            if jobs[job] != nil {
                jobs[job]?.changed(changed, at: moment)
            } else {
                var state = JobState(changed, cluster: rules.name, job: job)
                if phase != .looking, !hasMoved { state.begin(nil, startsAtOnce: job == .backup, ignoresJitter: false, at: moment) }
                jobs[job] = state
            }
        }
    }
}

/// Why a run was told to end.
public enum CancelReason: Sendable, Hashable, CustomStringConvertible {
    case timeLimit(Duration)
    case stopping

    public var description: String {
        switch self {
        case .timeLimit(let limit): "its time limit of \(limit.words) is over"
        case .stopping: "the agent is to end, and agent.stopWithin is over"
        }
    }
}
