import Schedules
import Seams
import Testing

@testable import Agent

/// When runs begin: on time, after sleep, after failures, and with clocks that are set.
@Suite struct CadenceTests {
    @Test("a run begins when it is due, and the next one a period later")
    func onTime() throws {
        var stage = AgentStage()
        stage.known()
        for _ in 0..<4 {
            let run = try stage.begun(within: .seconds(3_600))
            #expect(stage.wall.milliseconds % 900_000 == 0 && run.late == .zero && run.gap == .seconds(900))
            stage.pass(.seconds(20))
            _ = stage.take(.ended(run.id, .succeeded))
            #expect(stage.status()?.age == .seconds(20) && stage.status()?.failures == 0)
        }
        #expect(stage.uptime == .seconds(1_000 + 4 * 900 + 20))
    }

    @Test("the first snapshot of a cluster is taken at once")
    func first() throws {
        var stage = AgentStage(AgentStage.rules([.backup: JobRules(schedule: AgentStage.daily("0 2 * * *"))]))
        let actions = stage.take(.found(cluster: "one", [:]))
        #expect(actions.contains { if case .start(let run) = $0 { run.job == .backup } else { false } })
    }

    @Test("what was missed in ten hours of sleep is told once and caught up once")
    func sleep() throws {
        var stage = AgentStage()
        stage.known()
        stage.pass(.seconds(36_000))
        let actions = stage.take(.tick)
        guard case .review(let review) = actions.first, actions.count == 1 else {
            Issue.record("not reviewed first: \(actions)")
            return
        }
        let after = stage.take(.reviewed(review, ago: nil))
        guard case .start(let run) = after.first, after.count == 1 else {
            Issue.record("not caught up: \(after)")
            return
        }
        #expect(stage.status()?.isMissed == true)
        _ = stage.take(.ended(run.id, .succeeded))
        #expect(stage.status()?.isMissed == false)
        stage.startsNothing(within: .seconds(899))
        _ = try stage.begun(within: .seconds(2))
    }

    @Test("what another agent did while this one slept is neither missed nor done again")
    func sleepBesideAnother() throws {
        var stage = AgentStage()
        stage.known()
        stage.pass(.seconds(36_000))
        for action in stage.take(.tick) {
            guard case .review(let review) = action else { continue }
            let taken1 = stage.take(.reviewed(review, ago: .seconds(30)))
            #expect(taken1.isEmpty)
        }
        #expect(stage.status()?.isMissed == false && stage.status()?.age == .seconds(30))
        stage.startsNothing(within: .seconds(890))
    }

    @Test("a run that hangs without a limit is told as missed once, and nothing else begins for that cluster")
    func hanging() throws {
        var stage = AgentStage(
            AgentStage.rules([
                .backup: JobRules(schedule: AgentStage.every(.seconds(900))), .check: JobRules(schedule: AgentStage.every(.seconds(900))),
            ]))
        stage.known()
        _ = try stage.begun(within: .seconds(901))
        var reviews: [Job] = []
        for _ in 0..<500 {
            stage.pass(.seconds(30))
            for action in stage.take(.tick) {
                guard case .review(let review) = action else {
                    Issue.record("\(action)")
                    continue
                }
                reviews.append(review.job)
                _ = stage.take(.reviewed(review, ago: nil))
            }
        }
        #expect(reviews.sorted() == [.backup, .check])
    }

    @Test("failures are tried again after pauses that double")
    func backoff() throws {
        var stage = AgentStage(AgentStage.rules([.backup: JobRules(schedule: AgentStage.daily("0 2 * * *"))]))
        stage.known()
        var run = try stage.begun(within: .seconds(86_400))
        var pauses: [Duration] = []
        for _ in 0..<9 {
            let failed = stage.uptime
            let taken2 = stage.take(.ended(run.id, .failed(.broken)))
            #expect(taken2.isEmpty)
            run = try stage.begun(within: .seconds(86_400))
            pauses.append(stage.uptime - failed)
        }
        for (pause, ideal) in zip(pauses, [30, 60, 120, 240, 480, 900, 900, 900, 900]) {
            #expect(pause >= .seconds(ideal) * 8 / 10 && pause <= .seconds(ideal) * 12 / 10)
        }
        #expect(stage.status()?.failures == 9 && stage.status()?.counts[.failed] == 9)

    }

    @Test("a short cadence backs off as well: from one gap to ten", arguments: [2, 30, 60])
    func backoffOfShortCadences(gap: Int) throws {
        var stage = AgentStage(AgentStage.rules([.backup: JobRules(schedule: AgentStage.every(.seconds(gap)))]))
        stage.known()
        var run = try stage.begun(within: .seconds(120))
        var pauses: [Duration] = []
        for _ in 0..<6 {
            let failed = stage.uptime
            _ = stage.take(.ended(run.id, .failed(.broken)))
            run = try stage.begun(within: .seconds(1_000))
            pauses.append(stage.uptime - failed)
        }
        let first = min(30, gap)
        for (pause, ideal) in zip(pauses, [1, 2, 4, 8, 16, 32].map { min(first * $0, 10 * gap) }) {
            #expect(pause >= .seconds(ideal) * 8 / 10 && pause <= .seconds(ideal) * 12 / 10, "\(pauses)")
        }
        // Once it is well again it is due as ever.
        _ = stage.take(.ended(run.id, .succeeded))
        let next = stage.uptime
        _ = try stage.begun(within: .seconds(120))
        #expect(stage.uptime - next <= .seconds(gap))
    }

    @Test("a run that another agent is at is looked at again soon, and is no failure")
    func busy() throws {
        var stage = AgentStage()
        stage.known()
        let run = try stage.begun(within: .seconds(901))
        _ = stage.take(.ended(run.id, .busy(holder: "other")))
        let again = try stage.begun(within: .seconds(20))
        #expect(again.late >= .seconds(12) && stage.status()?.failures == 0)
        _ = stage.take(.ended(again.id, .doneByOther(ago: .seconds(10), shortfall: nil)))
        #expect(stage.status()?.age == .seconds(10) && stage.status()?.counts == [.byOther: 1])
    }

    @Test("what another agent found lacking is told of here, too, until somebody's run ends well")
    func incompleteElsewhere() throws {
        let damage = Failure("the repository is damaged", hint: "look.", exitCode: 15)
        var stage = AgentStage()
        stage.known(ago: .zero)
        let run = try stage.begun(within: .seconds(901))
        _ = stage.take(.ended(run.id, .doneByOther(ago: .seconds(10), shortfall: damage)))
        #expect(stage.status()?.failure == damage && stage.status()?.failures == 1 && stage.status()?.counts == [.byOther: 1])
        #expect(try #require(stage.status()?.age) > .seconds(600), "no success")
        let next = try stage.begun(within: .seconds(901))
        _ = stage.take(.ended(next.id, .doneByOther(ago: .seconds(10))))
        #expect(stage.status()?.failure == nil && stage.status()?.failures == 0 && stage.status()?.age == .seconds(10))
    }

    @Test("an agent that is started anew begins with the verdict of the last run, and with the last that ended well")
    func verdictOfBefore() throws {
        let damage = Failure("the repository is damaged", hint: "look.", exitCode: 15)
        var stage = AgentStage(AgentStage.rules([.check: JobRules(schedule: AgentStage.daily("0 4 * * 0"))]))
        _ = stage.take(
            .found(cluster: "one", [.check: .seconds(8 * 86_400)], later: [.check: .init(ago: .seconds(86_400), damage)]))
        let status = try #require(stage.machine.status(at: stage.moment).clusters.first?.jobs[.check])
        #expect(status.failure == damage && status.failures == 1 && status.age == .seconds(8 * 86_400) && !status.isMissed)
        let samples = stage.machine.status(at: stage.moment).samples
        #expect(samples.first { $0.metric == .lastExitCode }?.value == 15)
        // It is tried again when it is due, and not at once.
        let run = try stage.begun(within: .seconds(7 * 86_400))
        #expect(stage.wall > AgentStage.start.advanced(by: .seconds(86_400)))
        _ = stage.take(.ended(run.id, .succeeded))
        #expect(stage.machine.status(at: stage.moment).clusters.first?.jobs[.check]?.failures == 0)
    }

    @Test("a backup serves the positions, too")
    func offsets() throws {
        var stage = AgentStage(
            AgentStage.rules([
                .backup: JobRules(schedule: AgentStage.every(.seconds(3_600))),
                .offsets: JobRules(schedule: AgentStage.every(.seconds(600))),
            ]))
        stage.known()
        var jobs: [Job] = []
        for _ in 0..<12 {
            let run = try stage.begun(within: .seconds(3_600))
            jobs.append(run.job)
            _ = stage.take(.ended(run.id, .succeeded))
        }
        let offsets = [Job](repeating: .offsets, count: 5)
        #expect(jobs == offsets + [.backup] + offsets + [.backup])
    }

    @Test("at a time no more clusters are worked on than the policy allows, and none is forgotten")
    func parallel() {
        let names = (0..<10).map { "c\($0)" }
        var rules = AgentStage.rules([.backup: JobRules(schedule: AgentStage.every(.seconds(900)))], clusters: names)
        rules.parallel = 3
        var stage = AgentStage(rules)
        for name in names { stage.known(name) }
        stage.pass(.seconds(900))
        var waiting = stage.take(.tick)
        var served: Set<String> = []
        #expect(waiting.count == 3)
        while !waiting.isEmpty {
            guard case .start(let run) = waiting.removeFirst() else { continue }
            served.insert(run.cluster)
            waiting += stage.take(.ended(run.id, .succeeded))
        }
        #expect(served == Set(names))
    }

    // MARK: Clocks

    @Test("a wall clock that goes back by a month stops nothing", arguments: [60, 900, 3_600, 86_400, 30 * 86_400])
    func backwards(seconds: Int) throws {
        var stage = AgentStage()
        stage.known()
        let run = try stage.begun(within: .seconds(901))
        _ = stage.take(.ended(run.id, .succeeded))
        stage.pass(.seconds(100))
        stage.jump(.seconds(-seconds))
        let began = stage.uptime
        let next = try stage.begun(within: .seconds(1_900))
        // Not later than a period and a half after the last one, and not twice for the same time of the clock.
        #expect(stage.uptime - began >= .seconds(350) && stage.uptime - began <= .seconds(1_350))
        #expect(next.late <= .seconds(1) && stage.status()?.isMissed == false)
        #expect(stage.status()?.age == stage.uptime - began + .seconds(100))
    }

    @Test("a daily run does not run again because its hour comes again")
    func hourAgain() throws {
        var stage = AgentStage(AgentStage.rules([.backup: JobRules(schedule: AgentStage.daily("0 2 * * *"))]))
        stage.known()
        let run = try stage.begun(within: .seconds(86_400))
        _ = stage.take(.ended(run.id, .succeeded))
        stage.pass(.seconds(60))
        stage.jump(.seconds(-3_600))
        _ = stage.take(.tick)
        stage.startsNothing(within: .seconds(20 * 3_600))
        _ = try stage.begun(within: .seconds(6 * 3_600))
    }

    @Test("a wall clock that goes forward runs once, and nothing is told as missed")
    func forwards() throws {
        var stage = AgentStage()
        stage.known()
        stage.pass(.seconds(60))
        stage.jump(.seconds(30 * 86_400))
        let actions = stage.take(.tick)
        #expect(actions.count == 1)
        guard case .start(let run) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        _ = stage.take(.ended(run.id, .succeeded))
        stage.startsNothing(within: .seconds(600))
        #expect(stage.status()?.age.map { $0 <= .seconds(601) } == true)
    }

    // MARK: Once

    @Test("--once runs what is due, each job once whatever comes of it, and finishes")
    func once() {
        var stage = AgentStage(
            AgentStage.rules([
                .backup: JobRules(schedule: AgentStage.every(.seconds(3_600))), .check: JobRules(schedule: AgentStage.daily("0 3 * * *")),
            ]), isOnce: true)
        var actions = stage.take(.found(cluster: "one", [.backup: .seconds(4_000), .check: .seconds(90_000)]))
        var jobs: [Job] = []
        var finished = false
        while !actions.isEmpty {
            switch actions.removeFirst() {
            case .start(let run):
                jobs.append(run.job)
                actions += stage.take(.ended(run.id, run.job == .backup ? .failed(.broken) : .succeeded))
            case .finish: finished = true
            default: Issue.record("only runs")
            }
        }
        #expect(jobs.sorted() == [.backup, .check] && finished)

        // What never ran is due: this process does not live to see its next occurrence.
        var first = AgentStage(AgentStage.rules([.check: JobRules(schedule: AgentStage.daily("0 3 * * *"))]), isOnce: true)
        let taken4 = first.take(.found(cluster: "one", [:]))
        #expect(taken4.contains { if case .start(let run) = $0 { run.job == .check } else { false } })

        var early = AgentStage(isOnce: true)
        let taken3 = early.take(.found(cluster: "one", [.backup: .zero]))
        #expect(taken3 == [.finish])
    }
}
