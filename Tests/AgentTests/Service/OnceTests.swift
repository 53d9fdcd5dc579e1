import Host
import Logging
import NIOConcurrencyHelpers
import Repository
import Schedules
import Seams
import Storage
import Testing

@testable import Agent

/// Agents that run what is due and end, as cron and CronJobs start them, one after the other over days.
@Suite struct OnceTests {
    /// A place where agents work by the test's clock, and what they did there.
    struct Place {
        let time: SetTime
        let storage: MemoryStorage
        let runs = NIOLockedValueBox<[Job: [Timestamp]]>([:])
        var clusterID: String? = nil
        var selection: String? = nil

        init(_ start: String) async throws {
            time = try SetTime(start)
            storage = MemoryStorage(time: time)
            _ = try await Repository.initialize(storage, time: time, chance: HostChance())
        }

        func count(_ job: Job) -> Int { runs.withLockedValue { $0[job]?.count ?? 0 } }
    }

    struct PlacedRunner: Runner {
        let place: Place
        var shortfalls: [Job: Failure] = [:]
        var isUnreachable = false
        /// What a run throws.
        var refusal: Failure?

        func repository(of cluster: String) async throws -> Repository {
            if isUnreachable { throw Failure("the store does not answer", hint: "look.", exitCode: 19) }
            return try await Repository.open(place.storage, time: place.time, chance: HostChance())
        }
        func perform(_ job: Job, of cluster: String) async throws -> Ending {
            if let refusal { throw refusal }
            place.runs.withLockedValue { $0[job, default: []].append(place.time.now()) }
            return Ending(summary: "done", shortfall: shortfalls[job], clusterID: job == .backup ? place.clusterID : nil)
        }
        func explain(_ error: any Error) -> Failure { error as? Failure ?? Failure("\(error)", hint: "look.", exitCode: 1) }
        func clusterID(of cluster: String) async -> String? { place.clusterID }
        func seenClusterID(of cluster: String) -> String? { place.clusterID }
        func selection(of job: Job, in cluster: String) -> String? { job == .backup ? place.selection : nil }
    }

    /// How the runs of one process ended.
    ///
    /// - Parameter listener: hears of it; nil: nobody does.
    func once(
        _ place: Place, _ jobs: [Job: Schedule], telling listener: AgentServiceTests.Listener? = nil,
        _ change: (inout PlacedRunner) -> Void = { _ in }
    ) async throws -> [Outcome] {
        var runner = PlacedRunner(place: place)
        change(&runner)
        let outcomes = NIOLockedValueBox<[Outcome]>([])
        var setup = AgentService.Setup(
            time: place.time, chance: HostChance(), logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            holder: "a test \(HostChance().bytes(6))", notifier: listener ?? AgentServiceTests.Listener()
        ) { [runner, isHeard = listener != nil] in
            Engagement(
                rules: AgentStage.rules(jobs.mapValues { JobRules(schedule: $0) }), runner: runner,
                receivers: isHeard ? ["one": [Receiver(name: "all", channel: .command(["none"]))]] : [:])
        }
        setup.isOnce = true
        setup.onEnded = { _, outcome in outcomes.withLockedValue { $0.append(outcome) } }
        try await AgentService(setup).run()
        return outcomes.withLockedValue { $0 }
    }

    // MARK: What serves what

    @Test("a daily backup of which the first came seconds before its hour is taken on each of seven days")
    func daily() async throws {
        let place = try await Place("2026-11-24T01:59:40Z")
        // At :00, :10 and so on as the shipped line of a crontab has it.
        _ = try await once(place, [.backup: AgentStage.daily("0 2 * * *")])
        place.time.pass(.seconds(25))
        for _ in 0..<(7 * 24 * 6) {
            _ = try await once(place, [.backup: AgentStage.daily("0 2 * * *")])
            place.time.pass(.seconds(600))
        }
        #expect(place.count(.backup) == 8)
    }

    @Test("a period as long as the crontab's line is served each time, wherever in the minute the first one fell")
    func everyMinute() async throws {
        let place = try await Place("2026-11-24T12:00:40Z")
        _ = try await once(place, [.backup: AgentStage.every(.seconds(60))])
        place.time.pass(.seconds(21))
        for _ in 0..<10 {
            _ = try await once(place, [.backup: AgentStage.every(.seconds(60))])
            place.time.pass(.seconds(60))
        }
        #expect(place.count(.backup) == 11)
    }

    @Test("what another agent did for the same occurrence is left out, also where its clock was before ours")
    func leftOut() async throws {
        let place = try await Place("2026-11-24T02:00:05Z")
        let turns = try #require(
            try await Repository.open(place.storage, time: place.time, chance: HostChance()).turns(of: "one"))
        // Its clock was 20 seconds ahead of the store's.
        try await turns.note(
            JobRecord(
                began: try #require(Timestamp("2026-11-24T01:59:45Z")), isComplete: true, holder: "other",
                occurrence: Timestamp("2026-11-24T02:00:00Z")), of: "backup")
        let outcomes = try await once(place, [.backup: AgentStage.daily("0 2 * * *")])
        #expect(outcomes == [.doneByOther(ago: .seconds(20), shortfall: nil)])
        place.time.pass(.seconds(86_400))
        #expect(try await once(place, [.backup: AgentStage.daily("0 2 * * *")]) == [.succeeded])
    }

    @Test("a record of an agent whose clock was years ahead does not serve for ever")
    func wrongClock() async throws {
        let place = try await Place("2026-11-24T02:00:05Z")
        let turns = try #require(
            try await Repository.open(place.storage, time: place.time, chance: HostChance()).turns(of: "one"))
        try await turns.note(
            JobRecord(
                began: place.time.now(), isComplete: true, holder: "other", occurrence: Timestamp("2031-01-01T02:00:00Z")), of: "backup")
        place.time.pass(.seconds(86_400))
        #expect(try await once(place, [.backup: AgentStage.daily("0 2 * * *")]) == [.succeeded])
    }

    // MARK: What never ran

    @Test("retention and checks that never ran run, and then when they are due")
    func neverRan() async throws {
        let place = try await Place("2026-11-24T10:00:00Z")
        let jobs: [Job: Schedule] = [
            .backup: AgentStage.daily("0 2 * * *"), .retention: AgentStage.daily("30 3 * * *"), .check: AgentStage.daily("0 5 * * sun"),
        ]
        // For two weeks, every ten minutes.
        for _ in 0..<(14 * 24 * 6) {
            _ = try await once(place, jobs)
            place.time.pass(.seconds(600))
        }
        #expect(place.count(.backup) == 15 && place.count(.retention) == 15 && place.count(.check) == 3)
    }

    @Test("a check that found damage is known as one that ran: it comes again when it is due, not with each line of the crontab")
    func incomplete() async throws {
        let place = try await Place("2026-11-24T10:00:00Z")
        let damage = Failure("the repository is damaged", hint: "heal it.", exitCode: 15)
        var outcomes: [Outcome] = []
        for _ in 0..<144 {
            outcomes += try await once(place, [.check: AgentStage.daily("0 5 * * *")]) { $0.shortfalls = [.check: damage] }
            place.time.pass(.seconds(600))
        }
        #expect(outcomes == [.incomplete(damage), .incomplete(damage)])
    }

    @Test("where the repository does not answer one job says so, not each")
    func unreachable() async throws {
        let place = try await Place("2026-11-24T10:00:00Z")
        let jobs: [Job: Schedule] = [
            .retention: AgentStage.daily("30 3 * * *"), .check: AgentStage.daily("0 5 * * sun"),
        ]
        let outcomes = try await once(place, jobs) { $0.isUnreachable = true }
        #expect(outcomes == [.failed(Failure("the store does not answer", hint: "look.", exitCode: 19))])
    }

    // MARK: Names

    @Test("two clusters of one name in one repository: the second is refused and says that there is another, once; the first hears nothing")
    func namesakes() async throws {
        var one = try await Place("2026-11-24T02:00:10Z")
        var other = one
        (one.clusterID, other.clusterID) = ("first", "second")
        let schedule = [Job.backup: AgentStage.daily("0 2 * * *")]
        let (ears, others) = (AgentServiceTests.Listener(), AgentServiceTests.Listener())
        #expect(try await once(one, schedule, telling: ears) == [.succeeded])
        for _ in 0..<3 {
            one.time.pass(.seconds(10))
            let refusal = Failure("this repository holds snapshots of cluster first", hint: "use another.", exitCode: 13)
            let outcomes = try await once(other, schedule, telling: others) { $0.refusal = refusal }
            guard case .failed(let failure)? = outcomes.first else {
                Issue.record("the second cluster was left out")
                return
            }
            #expect(failure.exitCode == 13 && failure.message.contains("first") && failure.message.contains("second"))
            #expect(failure.message.contains("two clusters are named 'one'"))
            one.time.pass(.seconds(86_390))
            #expect(try await once(one, schedule, telling: ears) == [.succeeded])
        }
        #expect(one.count(.backup) == 4)
        #expect(ears.events == [] && others.events == [.failure])
    }

    @Test("a cluster that takes the place of one that was backed up yesterday is well, and ends what was told of that one")
    func placeTaken() async throws {
        var one = try await Place("2026-11-24T02:00:10Z")
        one.clusterID = "first"
        let schedule = [Job.backup: AgentStage.daily("0 2 * * *")]
        let listener = AgentServiceTests.Listener()
        #expect(try await once(one, schedule, telling: listener) == [.succeeded])
        one.time.pass(.seconds(86_400))
        #expect(try await once(one, schedule, telling: listener) { $0.refusal = .broken } == [.failed(.broken)])
        one.clusterID = "second"
        one.time.pass(.seconds(600))
        #expect(try await once(one, schedule, telling: listener) == [.succeeded])
        #expect(listener.events == [.failure, .recovery])
        #expect(one.storage.list("turns", after: nil, limit: 9).map { "\($0.path)" } == ["turns/one/backup.last.json"])
    }

    @Test("a snapshot of another selection is none of this one")
    func selections() async throws {
        var one = try await Place("2026-11-24T02:00:10Z")
        var other = one
        (one.selection, other.selection) = ("only [topics] except []", "only [] except []")
        let schedule = [Job.backup: AgentStage.daily("0 2 * * *")]
        #expect(try await once(one, schedule) == [.succeeded])
        one.time.pass(.seconds(10))
        #expect(try await once(other, schedule) == [.succeeded])
        one.time.pass(.seconds(10))
        #expect(try await once(other, schedule) == [])
    }
}
