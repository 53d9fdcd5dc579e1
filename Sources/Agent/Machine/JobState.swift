import Seams

/// What the machine knows of one job of one cluster.
struct JobState: Sendable {
    /// What was told, and its end not yet.
    enum Trouble: Sendable, Hashable {
        case missed
        case failing(Failure)
    }

    private(set) var rules: JobRules
    /// What the schedule's jitter depends on: the same for every agent.
    let name: String
    /// By the wall clock; nil where it never is again.
    private(set) var due: Timestamp?
    /// From one occurrence to the next.
    private(set) var gap: Duration = .seconds(60)
    /// While it fails or another is at it: when to try again.
    private(set) var retryAt: Duration?
    /// When the first occurrence was or will be due that no run has served.
    private(set) var expected: Duration = .zero
    /// That occurrence, jitter left aside.
    private(set) var expectedOccurrence: Timestamp?
    /// When that counts as missed; nil once that was or is looked into.
    private(set) var missedAt: Duration?
    private(set) var isBeingReviewed = false
    private(set) var lastStart: Duration?
    /// The beginning of the last run that ended well, whoever's.
    private(set) var success: Moment?
    private(set) var trouble: Trouble?
    /// Since the last run that ended well.
    private(set) var failures = 0
    private(set) var counts: [RunCount: Int] = [:]
    /// Whether it ran since the program began; for ``AgentMachine/isOnce``.
    var isDone = false

    /// An occurrence that nobody served for less than this is late, not missed.
    static let patience: Duration = .seconds(120)

    init(_ rules: JobRules, cluster: String, job: Job) {
        self.rules = rules
        name = "\(cluster)/\(job)"
    }

    // MARK: When

    /// The first look at the repository is over: the last run that ended well began `ago`, or none is known.
    ///
    /// - Parameter later: a run after that one, which did not do everything: what a process before this one, or another agent, found stays found.
    ///   It is tried again when it is due again, not at once.
    mutating func begin(
        _ ago: Duration?, later: (ago: Duration, shortfall: Failure)? = nil, startsAtOnce: Bool, ignoresJitter: Bool, at moment: Moment
    ) {
        let ages = (success: ago.flatMap(Self.plausible), last: (later?.ago ?? ago).flatMap(Self.plausible))
        if let ago = ages.success { success = Moment(wall: moment.wall.advanced(by: .zero - ago), uptime: moment.uptime - ago) }
        if let later {
            failures = 1
            trouble = .failing(later.shortfall)
        }
        if let last = ages.last {
            schedule(after: moment.wall.advanced(by: .zero - last), ignoresJitter: ignoresJitter, at: moment)
        } else {
            schedule(after: moment.wall, ignoresJitter: ignoresJitter, at: moment)
            // The first snapshot is not put off until a line of a crontab fits.
            if startsAtOnce { due = moment.wall }
        }
        expect(at: moment)
    }

    /// Longer ago than any schedule reaches, nothing is known.
    private static func plausible(_ ago: Duration) -> Duration? { ago <= .seconds(400 * 86_400) ? ago : nil }

    private mutating func schedule(after wall: Timestamp, ignoresJitter: Bool = false, at moment: Moment) {
        let next = ignoresJitter ? rules.schedule.next(after: wall) : rules.schedule.next(after: wall, for: name)
        due = next
        if let next, let after = rules.schedule.next(after: next, for: name) { gap = max(after.since(next), .seconds(1)) }
    }

    /// From now on the occurrence `due` is the first that nobody served.
    private mutating func expect(at moment: Moment) {
        guard let due else {
            missedAt = nil
            return
        }
        expected = moment.uptime + due.since(moment.wall)
        expectedOccurrence = rules.schedule.last(upTo: due)
        missedAt = expected + max(gap, Self.patience)
    }

    /// The newest occurrence that a run which begins now serves, and how long ago it was due.
    func served(at moment: Moment) -> (occurrence: Timestamp?, late: Duration) {
        let late = moment.uptime - expected
        guard let occurrence = rules.schedule.last(upTo: moment.wall) else { return (nil, late) }
        return (occurrence, min(late, moment.wall.since(occurrence)))
    }

    func isReady(at moment: Moment) -> Bool {
        // First it is told what was missed, then it is made good.
        guard !isBeingReviewed else { return false }
        if let retryAt { return moment.uptime >= retryAt }
        return due.map { $0 <= moment.wall } ?? false
    }

    /// When it is ready, by uptime.
    func readyAt(_ moment: Moment) -> Duration? { retryAt ?? due.map { moment.uptime + $0.since(moment.wall) } }

    func isOverdue(at moment: Moment) -> Bool { trouble == nil && (missedAt.map { moment.uptime >= $0 } ?? false) }

    // MARK: What happened

    mutating func started(at moment: Moment) {
        lastStart = moment.uptime
        retryAt = nil
        // However many occurrences passed, this run serves them all.
        schedule(after: moment.wall, at: moment)
        isDone = true
    }

    /// A run that began at `start` ended well.
    mutating func succeeded(from start: Moment, _ count: RunCount, at moment: Moment) {
        success = start
        completed(count, at: moment)
        failures = 0
        trouble = nil
    }

    /// A run of another job did what this one is for.
    mutating func covered(by start: Moment, at moment: Moment) {
        success = start
        retryAt = nil
        schedule(after: max(start.wall, moment.wall), at: moment)
        expect(at: moment)
    }

    mutating func incomplete(_ failure: Failure, at moment: Moment) {
        completed(.incomplete, at: moment)
        failures += 1
        trouble = .failing(failure)
    }

    /// Incomplete, and it was another agent that told.
    mutating func incompleteElsewhere(_ failure: Failure, at moment: Moment) {
        completed(.byOther, at: moment)
        failures += 1
        trouble = .failing(failure)
    }

    private mutating func completed(_ count: RunCount, at moment: Moment) {
        counts[count, default: 0] += 1
        retryAt = nil
        expect(at: moment)
    }

    /// The pause may be longer than the schedule's: what is down is not asked every few seconds.
    mutating func failed(_ failure: Failure, pause: Duration, at moment: Moment) {
        counts[.failed, default: 0] += 1
        failures += 1
        trouble = .failing(failure)
        retryAt = moment.uptime + pause
    }

    mutating func busyElsewhere(pause: Duration, at moment: Moment) { retryAt = moment.uptime + pause }

    /// What was overdue was looked into: a run that began `ago` served it, or none did.
    mutating func reviewed(_ ago: Duration?, at moment: Moment) {
        isBeingReviewed = false
        // A run has ended meanwhile.
        guard missedAt == nil else { return }
        guard let ago else {
            counts[.missed, default: 0] += 1
            trouble = trouble ?? .missed
            return
        }
        success = Moment(wall: moment.wall.advanced(by: .zero - ago), uptime: moment.uptime - ago)
        schedule(after: moment.wall, at: moment)
        expect(at: moment)
    }

    /// What was looked into was of another place.
    mutating func reviewedElsewhere() { isBeingReviewed = false }

    mutating func beingReviewed() {
        missedAt = nil
        isBeingReviewed = true
    }

    // MARK: What changed

    /// The wall clock went back, so what is due is far away on it, or was due already on it.
    mutating func clockWentBack(at moment: Moment) {
        guard let before = due, before > moment.wall else { return }
        schedule(after: moment.wall, at: moment)
        // What ran before the jump is not run again because its hour comes again.
        let last = [lastStart, success?.uptime].compactMap { $0 }.max()
        if let last, let next = due, moment.uptime - last + next.since(moment.wall) < gap / 2 {
            schedule(after: next, at: moment)
        }
        if missedAt != nil { expect(at: moment) }
    }

    /// The same job where nothing is known of it any more: of what it was, only what has been counted.
    func forgotten(_ rules: JobRules) -> JobState {
        var fresh = self
        fresh.rules = rules
        (fresh.due, fresh.retryAt, fresh.missedAt, fresh.expectedOccurrence) = (nil, nil, nil, nil)
        (fresh.lastStart, fresh.success, fresh.trouble, fresh.failures) = (nil, nil, nil, 0)
        return fresh
    }

    mutating func changed(_ rules: JobRules, at moment: Moment) {
        let other = rules.schedule != self.rules.schedule
        self.rules = rules
        guard other else { return }
        schedule(after: moment.wall, at: moment)
        expect(at: moment)
    }
}

/// What runs are counted by, since the agent began.
public enum RunCount: String, Sendable, CaseIterable {
    case succeeded, incomplete, failed, missed
    /// Left out, as another agent had done it.
    case byOther
}
