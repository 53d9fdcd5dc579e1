import Logging
import NIOConcurrencyHelpers
import Repository
import Schedules
import Seams
import Storage
import Testing

@testable import Agent

/// Two agents on one repository for a week: killed, with a cluster that goes away, a store that is full and clocks that are set.
@Suite struct WeekTests {
    static let week: Duration = .seconds(7 * 86_400)
    static let rules = AgentStage.rules(
        [
            .backup: JobRules(schedule: AgentStage.every(.seconds(900)), timeLimit: .seconds(600)),
            .check: JobRules(schedule: AgentStage.daily("30 3 * * *")),
            .retention: JobRules(schedule: AgentStage.daily("10 */4 * * *"), timeLimit: .seconds(3_600)),
        ], clusters: ["week"])

    /// A process of an agent, until it is killed or stopped.
    struct Incarnation: Sendable {
        let process: SimulatedProcess
        let service: AgentService
        let born: Duration
    }

    @Test(
        "nothing published is lost, nothing overlaps, no turn and no lease stays, all is told once, and ages are right", arguments: seeds,
        [false, true])
    func week(seed: UInt64, onOneHost: Bool) async throws {
        print("a simulated week of two agents\(onOneHost ? " on one host" : ""): seed \(seed) (TIDEMARK_WEEK_SEED repeats it)")
        let world = SimulatedWorld()
        // A directory's clock is that of the host: what is set on it is set for the agents and for their records at once.
        let host = SimulatedClock(world)
        let plant = SimulatedPlant(world, seed: seed, storeClock: onOneHost ? host : nil)
        let clocks = onOneHost ? [host, host] : [SimulatedClock(world), SimulatedClock(world)]
        let agents = NIOLockedValueBox<[Incarnation?]>([nil, nil])
        let ages = NIOLockedValueBox<[String]>([])
        _ = try await Repository.initialize(plant.store, time: clocks[0], chance: plant.chance)
        try await world.run {
            await withDiscardingTaskGroup { group in
                let chance = SeededChance(seed: seed ^ 0xFEED)
                let end = world.elapsed + Self.week
                for agent in 0..<2 {
                    group.addTask { await Self.live(agent, plant, clocks[agent], agents, chance, until: end) }
                }
                group.addTask { await Self.trouble(plant, clocks, agents, chance, until: end - .seconds(4 * 3_600)) }
                group.addTask { await Self.watch(plant, clocks, agents, ages, onOneHost, until: end) }
            }
        }
        let facts = plant.read { $0 }
        #expect(facts.overlaps == [])
        #expect(ages.withLockedValue { $0 } == [])
        #expect(facts.published.count > 400 && facts.kills.count > 10)
        #expect(facts.forgotten.count > 20 && facts.objectsFreed > 20)

        // What killed processes left ends by itself.
        let later = try await Repository.open(plant.store, time: clocks[0], chance: plant.chance)
        let report = try await later.check(readData: true)
        let kept = Set(facts.published).subtracting(facts.forgotten)
        #expect(report.isSound && kept.isSubset(of: Set(report.whole)), "\(report.findings)")
        let left = try await plant.store.all(under: "turns").filter { $0.path.description.contains("claims") }
        #expect(left.isEmpty, "\(left.map(\.path))")
        #expect(try await later.leases().isEmpty)
        for folder in ["candidates", "readers"] as [StoragePath] { #expect(plant.store.list(folder, after: nil, limit: 9).isEmpty) }
        _ = try await Prune(repository: later, holder: "the test").run()
        #expect(try await later.check(readData: true).findings.filter { ["extra", "leftover"].contains($0.sort) } == [])
        for job in [Job.backup, .check, .retention] { #expect(Ledger.judge(job, facts) == []) }
        let outcomes = Dictionary(grouping: facts.ended) { ended in
            switch ended.outcome {
            case .succeeded: "succeeded"
            case .failed(let failure): "failed with \(failure.exitCode)"
            case .incomplete: "incomplete"
            case .doneByOther: "done by the other"
            case .busy: "busy"
            case .cancelled: "cancelled"
            }
        }
        print(
            "seed \(seed)\(onOneHost ? " on one host" : ""): \(facts.published.count) snapshots, \(facts.forgotten.count) forgotten, \(facts.objectsFreed) objects freed, "
                + "\(facts.ended.count) runs \(outcomes.mapValues(\.count)), \(facts.kills.count) kills (\(facts.killedTelling) with notices on their way), \(facts.told.count) notices, \(facts.storeTrouble.count) full disks"
        )
    }

    /// The same in each run of the suite: what fails then, the change did.
    static let seeds: [UInt64] = TestSeed.given.map { [$0] } ?? [1, 2]

    // MARK: The agents' lives

    static func live(
        _ agent: Int, _ plant: SimulatedPlant, _ clock: SimulatedClock, _ agents: NIOLockedValueBox<[Incarnation?]>, _ chance: SeededChance,
        until end: Duration
    ) async {
        while plant.world.elapsed < end {
            let process = SimulatedProcess()
            let runner = SimulatedRunner(plant: plant, agent: agent, process: process, clock: clock)
            let receiver = Receiver(name: "all", channel: .command(["none"]))
            let number = plant.world.elapsed
            let name = "agent-\(agent)-\(number)"
            var setup = AgentService.Setup(
                time: clock, chance: chance,
                logger: Logger(label: "week", factory: { _ in TellingLog(plant: plant, process: process, name: name) }), holder: name,
                notifier: SimulatedNotifier(plant: plant, agent: agent, process: process)
            ) { Engagement(rules: rules, runner: runner, receivers: ["week": [receiver]]) }
            setup.onEnded = { run, outcome in
                if process.isDead { return }
                plant.read { $0.ended.append(.init(at: plant.world.elapsed, process: name, job: run.job, outcome: outcome)) }
            }
            let service = AgentService(setup)
            agents.withLockedValue { $0[agent] = Incarnation(process: process, service: service, born: plant.world.elapsed) }
            await withTaskGroup(of: Void.self) { group in
                group.addTask { try? await service.run() }
                group.addTask {
                    // Dies when killed; is asked to stop at the end.
                    while !process.isDead, plant.world.elapsed < end { try? await clock.sleep(for: .seconds(5)) }
                    if process.isDead { return }
                    service.stop()
                    try? await clock.sleep(for: .seconds(3_600))
                }
                await group.next()
                group.cancelAll()
            }
            agents.withLockedValue { $0[agent] = nil }
            if plant.world.elapsed < end { try? await clock.sleep(for: .seconds(chance.number(in: 1...1_800))) }
        }
    }

    static func trouble(
        _ plant: SimulatedPlant, _ clocks: [SimulatedClock], _ agents: NIOLockedValueBox<[Incarnation?]>, _ chance: SeededChance,
        until end: Duration
    ) async {
        while plant.world.elapsed < end {
            try? await plant.world.sleep(for: .milliseconds(chance.number(in: 600_000...14_400_000)))
            if plant.world.elapsed >= end { return }
            switch chance.number(in: 0...6) {
            case 0, 1, 2:
                let agent = chance.number(in: 0...1)
                if let victim = agents.withLockedValue({ $0[agent] }) { kill(victim, plant) }
            case 3:
                plant.read { $0.clusterIsUp = false }
                await killTelling(plant, agents, within: .milliseconds(chance.number(in: 60_000...1_800_000)))
                try? await plant.world.sleep(for: .milliseconds(chance.number(in: 60_000...5_400_000)))
                plant.read { $0.clusterIsUp = true }
            case 4:
                let began = plant.world.elapsed
                plant.read { $0.storeIsFull = true }
                try? await plant.world.sleep(for: .milliseconds(chance.number(in: 60_000...5_400_000)))
                plant.read { facts in
                    facts.storeIsFull = false
                    facts.storeTrouble.append(began..<plant.world.elapsed)
                }
            case 5:
                // A cluster that goes away meanwhile is worse, and told.
                plant.read { $0.isRestricted = true }
                try? await plant.world.sleep(for: .milliseconds(chance.number(in: 1_200_000...3_600_000)))
                if chance.number(in: 0...1) == 0 {
                    plant.read { $0.clusterIsUp = false }
                    try? await plant.world.sleep(for: .milliseconds(chance.number(in: 1_200_000...3_600_000)))
                    plant.read { $0.clusterIsUp = true }
                    try? await plant.world.sleep(for: .milliseconds(chance.number(in: 60_000...3_600_000)))
                }
                plant.read { $0.isRestricted = false }
            default:
                let jump = Duration.seconds(chance.number(in: -86_400...86_400))
                clocks[chance.number(in: 0...1)].jump(by: jump)
                plant.read { $0.jumps.append(.init(at: plant.world.elapsed, by: jump)) }
            }
        }
    }

    static func kill(_ victim: Incarnation, _ plant: SimulatedPlant) {
        victim.process.kill()
        let isTelling = victim.service.outbox.pending > 0
        plant.read { facts in
            facts.kills.append(plant.world.elapsed)
            facts.killed[victim.service.setup.holder] = plant.world.elapsed
            if isTelling { facts.killedTelling += 1 }
        }
    }

    /// The first that has something to tell within this time does not come to it.
    static func killTelling(
        _ plant: SimulatedPlant, _ agents: NIOLockedValueBox<[Incarnation?]>, within limit: Duration
    ) async {
        let end = plant.world.elapsed + limit
        while plant.world.elapsed < end {
            try? await plant.world.sleep(for: .milliseconds(50))
            let victim = agents.withLockedValue { $0.compactMap { $0 }.first { !$0.process.isDead && $0.service.outbox.pending > 0 } }
            if let victim { return kill(victim, plant) }
        }
    }

    /// Looks at the agents' ages every ten minutes.
    static func watch(
        _ plant: SimulatedPlant, _ clocks: [SimulatedClock], _ agents: NIOLockedValueBox<[Incarnation?]>,
        _ wrong: NIOLockedValueBox<[String]>, _ onOneHost: Bool, until end: Duration
    ) async {
        while plant.world.elapsed < end {
            try? await plant.world.sleep(for: .milliseconds(600_123))
            let now = plant.world.elapsed
            // When the last run that an agent knows to have ended well began, by what really happened.
            for (agent, clock) in zip(agents.withLockedValue({ $0 }), clocks) {
                guard let agent, let status = agent.service.status?.clusters.first?.jobs[.backup], let age = status.age else { continue }
                if let success = status.lastSuccess, success > clock.now() {
                    wrong.withLockedValue { $0.append("\(now): a success at \(success), which is yet to come at \(clock.now())") }
                }
                let (success, partial, jumps) = plant.read { ($0.lastSuccess, $0.lastPartial, $0.jumps) }
                guard let truth = success else { continue }
                // Where the records' clock was set after the last success, nobody can tell how old it is who did not see it himself.
                if onOneHost, jumps.contains(where: { $0.at >= truth - .seconds(1_900) }) { continue }
                let real = now - truth
                if age < real - .seconds(1) { wrong.withLockedValue { $0.append("\(now): an age of \(age) where \(real) is true") } }
                // One that has been there for a while has heard of what the other did, at the latest when its pause after a failure is over.
                if partial ?? .zero < truth, now - agent.born > .seconds(1_900), real > .seconds(1_200), age > real + .seconds(1_900) {
                    wrong.withLockedValue { $0.append("\(now): an age of \(age) long after \(real)") }
                }
            }
        }
    }
}
