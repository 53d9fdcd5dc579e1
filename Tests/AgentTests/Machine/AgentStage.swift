import Schedules
import Seams
import Testing

@testable import Agent

/// A machine with one cluster, and clocks that the test sets.
struct AgentStage {
    static let start = Timestamp("2026-11-24T00:00:00Z") ?? Timestamp(milliseconds: 0)

    var machine: AgentMachine
    var wall = Self.start
    var uptime: Duration = .seconds(1_000)
    let chance = SeededChance(seed: 7)

    static func every(_ period: Duration) -> Schedule {
        guard let schedule = try? Schedule(.every(period)) else { preconditionFailure("\(period) is a period") }
        return schedule
    }

    static func daily(_ line: String) -> Schedule {
        guard let expression = try? CronExpression(line), let schedule = try? Schedule(.cron(expression, .utc)) else {
            preconditionFailure("\(line) is a schedule")
        }
        return schedule
    }

    static func rules(_ jobs: [Job: JobRules], clusters: [String] = ["one"]) -> AgentRules {
        AgentRules(clusters: clusters.map { ClusterRules(name: $0, jobs: jobs) }, stopWithin: .seconds(60))
    }

    /// Backups every quarter of an hour with a limit of ten minutes.
    static let quarterly = rules([.backup: JobRules(schedule: every(.seconds(900)), timeLimit: .seconds(600))])

    init(_ rules: AgentRules = Self.quarterly, isOnce: Bool = false) {
        machine = AgentMachine(rules, isOnce: isOnce, at: Moment(wall: wall, uptime: uptime))
    }

    var moment: Moment { Moment(wall: wall, uptime: uptime) }

    /// Time passes on both clocks.
    mutating func pass(_ duration: Duration) {
        wall = wall.advanced(by: duration)
        uptime += duration
    }

    mutating func jump(_ duration: Duration) { wall = wall.advanced(by: duration) }

    mutating func take(_ event: AgentMachine.Event) -> [AgentMachine.Action] { machine.handle(event, at: moment, chance) }

    /// The first look found that backups ran just now.
    mutating func known(_ name: String = "one", ago: Duration? = .zero) {
        var ages: [Job: Duration] = [:]
        for (job, _) in machine.clusters[name]?.jobs ?? [:] { ages[job] = ago }
        _ = take(.found(cluster: name, ages))
    }

    /// Time passes tick by tick, as the machine wants to be woken, until it starts something; nil where it does not within `limit`.
    mutating func untilStart(within limit: Duration) -> Run? {
        let end = uptime + limit
        while uptime < end {
            let wake = max(machine.wake(after: moment), uptime + .milliseconds(1))
            pass(min(wake, end) - uptime)
            for action in take(.tick) { if case .start(let run) = action { return run } }
        }
        return nil
    }

    struct NothingStarted: Error {}

    mutating func begun(within limit: Duration) throws -> Run {
        guard let run = untilStart(within: limit) else { throw NothingStarted() }
        return run
    }

    mutating func startsNothing(within limit: Duration, sourceLocation: SourceLocation = #_sourceLocation) {
        if let run = untilStart(within: limit) { Issue.record("\(run) was started", sourceLocation: sourceLocation) }
    }

    func status(_ job: Job = .backup, of name: String = "one") -> AgentStatus.JobStatus? {
        machine.status(at: moment).clusters.first { $0.name == name }?.jobs[job]
    }
}

extension Failure {
    static let broken = Failure("no broker answers", hint: "look at them.", exitCode: 17)
}
