public import Seams

/// Decides what an agent does when: a value, fed with what happened and when, that answers with what is to be done.
///
/// It keeps one run per cluster at a time, catches up once what was missed, spaces the tries of what fails, and is afraid of no clock:
/// schedules go by the wall clock, everything else by uptime.
public struct AgentMachine: Sendable {
    public enum Event: Sendable {
        /// Time has passed.
        case tick
        /// How long ago the last run of each of the cluster's jobs began that ended well, as far as the repository knows, and where a later one
        /// did its work incompletely, that one. Not `certain` where the repository could not be asked.
        case found(cluster: String, [Job: Duration], later: [Job: Shortfall] = [:], isCertain: Bool = true)
        case ended(RunID, Outcome)
        /// A run that began `ago` served what was overdue; nil: none did, and it was told that it was missed.
        case reviewed(Review, ago: Duration?)
        /// Another policy, read and understood.
        case reloaded(AgentRules)
        case stop
    }

    /// A run that did not do everything.
    public struct Shortfall: Sendable, Hashable {
        public var ago: Duration
        public var failure: Failure

        public init(ago: Duration, _ failure: Failure) {
            self.ago = ago
            self.failure = failure
        }
    }

    public enum Action: Sendable, Hashable {
        /// Answer with `found`.
        case look(cluster: String)
        /// What was measured of the cluster is of another place.
        case forget(cluster: String)
        /// Answer with `ended`.
        case start(Run)
        /// Its `ended` still comes.
        case cancel(RunID, CancelReason)
        /// Answer with `reviewed`.
        case review(Review)
        /// Nothing more will come: leave.
        case finish
        /// An event that cannot be; it changed nothing.
        case protest(String)
    }

    enum Phase: Sendable, Hashable {
        /// Becomes `stopping`, or with ``isOnce`` `finished`.
        case serving
        /// Nothing is started any more; what is under way is cancelled at `limit`. Becomes `finished`.
        case stopping(limit: Duration)
        case finished
    }

    private(set) var phase = Phase.serving
    private(set) var rules: AgentRules
    /// By name.
    var clusters: [String: ClusterState] = [:]
    /// In the policy's order.
    private(set) var order: [String] = []
    /// Runs what is due once and finishes.
    public let isOnce: Bool
    private var lastMoment: Moment
    private var runs = 0

    /// While another is at it.
    static let busyPause: Duration = .seconds(15)
    /// A clock that went back by less is being slewed.
    static let smallestJump: Duration = .seconds(1)

    public init(_ rules: AgentRules, isOnce: Bool = false, at moment: Moment) {
        self.rules = rules
        self.isOnce = isOnce
        lastMoment = moment
        order = rules.clusters.map(\.name)
        for cluster in rules.clusters { clusters[cluster.name] = ClusterState(cluster) }
    }

    /// What is to be done first.
    public func begin() -> [Action] { order.map { .look(cluster: $0) } }

    /// - Parameter chance: spreads the pauses after failures.
    public mutating func handle(_ event: Event, at moment: Moment, _ chance: any ChanceSource) -> [Action] {
        guard phase != .finished else { return [.protest("the agent has finished: nobody is left to do anything")] }
        noticeClock(moment)
        var actions: [Action] = []
        switch event {
        case .tick: break
        case .found(let name, let ages, let later, let isCertain): actions += found(name, ages, later, isCertain, moment)
        case .ended(let id, let outcome): actions += ended(id, outcome, moment, chance)
        case .reviewed(let review, let ago): actions += reviewed(review, ago, moment)
        case .reloaded(let rules): actions += reload(rules, moment)
        case .stop: if phase == .serving { phase = .stopping(limit: moment.uptime + rules.stopWithin) }
        }
        return actions + proceed(moment)
    }

    /// When a tick is due at the latest, by uptime: at most 30 seconds ahead, so that a clock that was set is noticed.
    public func wake(after moment: Moment) -> Duration {
        var wake = moment.uptime + .seconds(30)
        if case .stopping(let limit) = phase, limit > moment.uptime { wake = min(wake, limit) }
        for cluster in clusters.values {
            if case .running(let underWay) = cluster.phase, let limit = cluster.jobs[underWay.run.job]?.rules.timeLimit {
                wake = min(wake, underWay.start.uptime + limit)
            }
            guard phase == .serving, !cluster.isLeaving, cluster.phase != .looking else { continue }
            for job in cluster.jobs.values {
                if let missed = job.missedAt, job.trouble == nil { wake = min(wake, missed) }
                // What is ready already waits for the end of another run, not for time.
                if cluster.phase == .idle, let ready = job.readyAt(moment), ready > moment.uptime { wake = min(wake, ready) }
            }
        }
        return max(wake, moment.uptime)
    }

    private mutating func noticeClock(_ moment: Moment) {
        let step = moment.wall.since(lastMoment.wall) - (moment.uptime - lastMoment.uptime)
        lastMoment = moment
        guard step < .zero - Self.smallestJump else { return }
        for name in order {
            for job in Job.allCases { clusters[name]?.jobs[job]?.clockWentBack(at: moment) }
        }
    }

    // MARK: Events

    private mutating func found(
        _ name: String, _ ages: [Job: Duration], _ later: [Job: Shortfall], _ isCertain: Bool, _ moment: Moment
    ) -> [Action] {
        guard let cluster = clusters[name] else { return [.protest("nobody looks after a cluster \(name)")] }
        guard cluster.phase == .looking else { return [.protest("nothing was asked about \(name)")] }
        if cluster.isLeaving {
            remove(name)
            return []
        }
        clusters[name]?.phase = .idle
        if cluster.hasMoved { return lookAgain(name) }
        // One that runs once does not live to see the next occurrence of what never ran. Where the repository does not answer, one job meets
        // the same trouble and tells of it.
        let first = cluster.jobs.keys.min()
        for job in cluster.jobs.keys {
            clusters[name]?.jobs[job]?.begin(
                ages[job], later: later[job].map { (ago: $0.ago, shortfall: $0.failure) },
                startsAtOnce: job == .backup || isOnce && (isCertain || job == first), ignoresJitter: isOnce, at: moment)
        }
        return []
    }

    /// The policy has the cluster elsewhere now.
    mutating func lookAgain(_ name: String) -> [Action] {
        clusters[name]?.hasMoved = false
        clusters[name]?.phase = .looking
        return [.forget(cluster: name), .look(cluster: name)]
    }

    private mutating func reviewed(_ review: Review, _ ago: Duration?, _ moment: Moment) -> [Action] {
        // The cluster or its job may have left the policy meanwhile.
        guard let state = clusters[review.cluster]?.jobs[review.job] else { return [] }
        guard state.isBeingReviewed else { return [.protest("nothing was to be reviewed of \(review.job) of \(review.cluster)")] }
        if clusters[review.cluster]?.isKnown != true {
            clusters[review.cluster]?.jobs[review.job]?.reviewedElsewhere()
            return []
        }
        clusters[review.cluster]?.jobs[review.job]?.reviewed(ago, at: moment)
        return []
    }

    private mutating func reload(_ rules: AgentRules, _ moment: Moment) -> [Action] {
        guard phase == .serving else { return [] }
        var actions: [Action] = []
        self.rules = rules
        let names = rules.clusters.map(\.name)
        for cluster in rules.clusters {
            if clusters[cluster.name] == nil {
                clusters[cluster.name] = ClusterState(cluster)
                actions.append(.look(cluster: cluster.name))
            } else {
                clusters[cluster.name]?.change(to: cluster, at: moment)
                if let changed = clusters[cluster.name], changed.hasMoved, changed.phase == .idle { actions += lookAgain(cluster.name) }
            }
        }
        for name in order where !names.contains(name) { clusters[name]?.isLeaving = true }
        order = names + order.filter { !names.contains($0) }
        for name in order where clusters[name]?.isLeaving == true && clusters[name]?.phase == .idle { remove(name) }
        return actions
    }

    func remains(_ name: String) -> Bool { clusters[name] != nil }

    mutating func remove(_ name: String) {
        clusters[name] = nil
        order.removeAll { $0 == name }
    }

    // MARK: What follows

    private mutating func proceed(_ moment: Moment) -> [Action] {
        var actions = cancelLate(moment)
        if phase == .serving { actions += review(moment) + startReady(moment) }
        let isIdle = clusters.values.allSatisfy { $0.phase == .idle }
        let isDone =
            switch phase {
            case .serving: isOnce && isIdle
            // What is only looked up is of no use any more.
            case .stopping: clusters.values.allSatisfy { $0.underWay == nil }
            case .finished: false
            }
        if isDone {
            phase = .finished
            actions.append(.finish)
        }
        return actions
    }

    private mutating func review(_ moment: Moment) -> [Action] {
        guard !isOnce else { return [] }
        var actions: [Action] = []
        for name in order {
            guard let cluster = clusters[name], cluster.phase != .looking, !cluster.isLeaving else { continue }
            for (job, state) in cluster.jobs.sorted(by: { $0.key < $1.key }) where state.isOverdue(at: moment) {
                clusters[name]?.jobs[job]?.beingReviewed()
                let late = max(.zero, moment.uptime - state.expected)
                actions.append(
                    .review(
                        Review(
                            cluster: name, job: job, served: late + Run.tolerance(state.gap), occurrence: state.expectedOccurrence,
                            gap: state.gap)))
            }
        }
        return actions
    }

    private mutating func startReady(_ moment: Moment) -> [Action] {
        var actions: [Action] = []
        var free = rules.parallel - clusters.values.count { $0.underWay != nil }
        let waiting = order.compactMap { name in clusters[name]?.next(at: moment, once: isOnce).map { (name, $0.job, $0.since) } }
        for (name, job, _) in waiting.sorted(by: { $0.2 < $1.2 }) where free > 0 {
            guard let state = clusters[name]?.jobs[job] else { continue }
            runs += 1
            free -= 1
            let troubled = state.trouble != nil
            let (occurrence, late) = state.served(at: moment)
            clusters[name]?.jobs[job]?.started(at: moment)
            let run = Run(
                id: RunID(number: runs), cluster: name, job: job, late: late, occurrence: occurrence,
                gap: clusters[name]?.jobs[job]?.gap ?? state.gap, isTroubled: troubled)
            clusters[name]?.phase = .running(.init(run: run, start: moment))
            actions.append(.start(run))
        }
        return actions
    }

    private mutating func cancelLate(_ moment: Moment) -> [Action] {
        var actions: [Action] = []
        for name in order {
            guard case .running(let underWay) = clusters[name]?.phase else { continue }
            var reason: CancelReason?
            if let limit = clusters[name]?.jobs[underWay.run.job]?.rules.timeLimit, moment.uptime - underWay.start.uptime >= limit {
                reason = .timeLimit(limit)
            }
            if case .stopping(let limit) = phase, moment.uptime >= limit { reason = .stopping }
            guard let reason else { continue }
            clusters[name]?.phase = .cancelling(underWay, reason)
            actions.append(.cancel(underWay.run.id, reason))
        }
        return actions
    }
}
