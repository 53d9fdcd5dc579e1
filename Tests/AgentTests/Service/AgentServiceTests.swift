import Glibc
import Host
import Logging
import NIOConcurrencyHelpers
import Repository
import Seams
import Storage
import StandIns
import Testing
import Waiting

@testable import Agent

/// The driver with real time and scripted runs.
@Suite struct AgentServiceTests {
    /// What runs do, as the test says.
    struct ScriptedRunner: Runner {
        let storage: MemoryStorage
        let script: @Sendable (Job, String) async throws -> Ending

        func repository(of cluster: String) async throws -> Repository {
            try await Repository.open(storage, time: HostTime(), chance: HostChance())
        }
        func perform(_ job: Job, of cluster: String) async throws -> Ending { try await script(job, cluster) }
        func explain(_ error: any Error) -> Failure { error as? Failure ?? Failure("\(error)", hint: "look.", exitCode: 1) }
    }

    final class Listener: Notifier {
        let told = NIOLockedValueBox<[Notice]>([])
        var events: [Notice.Event] { told.withLockedValue { $0.map(\.event) } }
        func deliver(_ notice: Notice, to receiver: Receiver) async throws(DeliveryFailure) { told.withLockedValue { $0.append(notice) } }
    }

    static func engagement(
        _ storage: MemoryStorage, every period: Duration = .seconds(1), limit: Duration? = nil, stopWithin: Duration = .seconds(60),
        _ script: @escaping @Sendable (Job, String) async throws -> Ending
    ) -> Engagement {
        var rules = AgentStage.rules([.backup: JobRules(schedule: AgentStage.every(period), timeLimit: limit)])
        rules.stopWithin = stopWithin
        rules.backoff = .milliseconds(100)
        return Engagement(
            rules: rules, runner: ScriptedRunner(storage: storage, script: script),
            receivers: ["one": [Receiver(name: "all", channel: .command(["none"]))]])
    }

    static func setup(
        _ listener: Listener = Listener(), _ load: @escaping @Sendable () async throws -> Engagement
    ) -> AgentService.Setup {
        AgentService.Setup(
            time: HostTime(), chance: HostChance(), logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            holder: "a test \(HostChance().bytes(4))", notifier: listener, load: load)
    }

    static func memory() async throws -> MemoryStorage {
        let storage = MemoryStorage(time: HostTime())
        _ = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
        return storage
    }

    /// Runs the service beside `body`, and stops it after.
    static func running(_ service: AgentService, _ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            service.stop()
            try await group.waitForAll()
        }
    }

    @Test("runs happen again and again; a failure is told once, and its end once")
    func runs() async throws {
        let storage = try await Self.memory()
        let isBroken = NIOLockedValueBox(false)
        let runs = NIOLockedValueBox((good: 0, bad: 0))
        let listener = Listener()
        let service = AgentService(
            Self.setup(listener) {
                Self.engagement(storage) { _, _ in
                    if isBroken.withLockedValue({ $0 }) {
                        runs.withLockedValue { $0.bad += 1 }
                        throw Failure.broken
                    }
                    runs.withLockedValue { $0.good += 1 }
                    return Ending(summary: "done")
                }
            })
        try await Self.running(service) {
            try await until("two runs") { runs.withLockedValue { $0.good } >= 2 }
            isBroken.withLockedValue { $0 = true }
            try await until("three failures") { runs.withLockedValue { $0.bad } >= 3 }
            #expect(service.status?.clusters.first?.jobs[.backup]?.failure == .broken)
            isBroken.withLockedValue { $0 = false }
            try await until("well again") { listener.events.contains(.recovery) }
            let good = runs.withLockedValue { $0.good }
            try await until("more runs") { runs.withLockedValue { $0.good } >= good + 2 }
        }
        #expect(listener.events == [.failure, .recovery])
        #expect(service.status?.isStopping == true)
        #expect(storage.list("turns", after: nil, limit: 100).map { "\($0.path)" } == ["turns/one/backup.last.json"])
    }

    @Test("a killed forget's lease bars retention and nothing else; it is told who holds it and until when, and nobody is woken")
    func barred() async throws {
        let storage = try await Self.memory()
        let (now, end) = (HostTime().now(), HostTime().now().advanced(by: .seconds(300)))
        let lease = #"{"holder":"killed","since":"\#(now)","sort":"forgetter","until":"\#(end)"}"# + "\n"
        try storage.put(Array(lease.utf8), at: "leases/00000000000000000000000000000000.json", mode: .ifAbsent)
        let backups = NIOLockedValueBox(0)
        let outcomes = NIOLockedValueBox<[Outcome]>([])
        let listener = Listener()
        var setup = Self.setup(listener) {
            var engagement = Self.engagement(storage) { job, _ in
                if job == .retention {
                    try await Repository.open(storage, time: HostTime(), chance: HostChance()).withForgetter(holder: "retention") { _ in }
                } else {
                    backups.withLockedValue { $0 += 1 }
                }
                return Ending(summary: "done")
            }
            engagement.rules = AgentStage.rules([
                .backup: JobRules(schedule: AgentStage.every(.seconds(1))), .retention: JobRules(schedule: AgentStage.every(.seconds(1))),
            ])
            return engagement
        }
        setup.onEnded = { run, outcome in if run.job == .retention { outcomes.withLockedValue { $0.append(outcome) } } }
        let service = AgentService(setup)
        try await Self.running(service) {
            try await until("retention gives way") { !outcomes.withLockedValue { $0 }.isEmpty }
            let before = backups.withLockedValue { $0 }
            try await until("backups go on") { backups.withLockedValue { $0 } >= before + 3 }
        }
        #expect(outcomes.withLockedValue { $0.first } == .busy(holder: "killed", until: end.advanced(by: .seconds(30))))
        #expect(listener.events == [])
    }

    @Test("an agent that was restarted while something fails does not tell it again, and tells its end")
    func restart() async throws {
        let storage = try await Self.memory()
        let listener = Listener()
        for _ in 0..<2 {
            let runs = NIOLockedValueBox(0)
            let service = AgentService(
                Self.setup(listener) {
                    Self.engagement(storage) { _, _ in
                        runs.withLockedValue { $0 += 1 }
                        throw Failure.broken
                    }
                })
            try await Self.running(service) { try await until("two failures") { runs.withLockedValue { $0 } >= 2 } }
        }
        #expect(listener.events == [.failure])
        let service = AgentService(Self.setup(listener) { Self.engagement(storage) { _, _ in Ending(summary: "done") } })
        try await Self.running(service) { try await until("well again") { listener.events.contains(.recovery) } }
        #expect(listener.events == [.failure, .recovery])
    }

    @Test("asked to stop, a run under way ends by itself; one that goes on too long is cancelled, and its turn given back")
    func stop() async throws {
        for (limit, expected) in [(Duration.seconds(60), "ended"), (.milliseconds(200), "cancelled")] {
            let storage = try await Self.memory()
            let state = NIOLockedValueBox("none")
            let isStopping = NIOLockedValueBox(false)
            let service = AgentService(
                Self.setup {
                    Self.engagement(storage, stopWithin: limit) { _, _ in
                        state.withLockedValue { $0 = "running" }
                        do {
                            try await until("it is asked to stop, or cancelled") {
                                try Task.checkCancellation()
                                return expected == "ended" && isStopping.withLockedValue { $0 }
                            }
                        } catch {
                            state.withLockedValue { $0 = "cancelled" }
                            throw error
                        }
                        state.withLockedValue { $0 = "ended" }
                        return Ending(summary: "done")
                    }
                })
            try await Self.running(service) {
                try await until("running") { state.withLockedValue { $0 } == "running" }
                service.stop()
                try await until("stopping") { service.status?.isStopping == true }
                isStopping.withLockedValue { $0 = true }
            }
            #expect(state.withLockedValue { $0 } == expected)
            #expect(!storage.list("turns", after: nil, limit: 100).contains { "\($0.path)".contains("claims") })
        }
    }

    @Test("a run that is over its time limit is cancelled, and told as a failure once")
    func timeLimit() async throws {
        let storage = try await Self.memory()
        let listener = Listener()
        let service = AgentService(
            Self.setup(listener) {
                Self.engagement(storage, limit: .milliseconds(100)) { _, _ in
                    try await HostTime().sleep(for: .seconds(600))
                    return Ending(summary: "never")
                }
            })
        try await Self.running(service) {
            try await until("two failures") { service.status?.clusters.first?.jobs[.backup]?.failures ?? 0 >= 2 }
            try await until("told") { !listener.events.isEmpty }
        }
        #expect(listener.events == [.failure])
        #expect(listener.told.withLockedValue { $0.first?.message.contains("time limit of 100ms") } == true)
    }

    @Test("a policy that cannot be read is refused whole and the one before kept; a good one takes its place")
    func reload() async throws {
        struct Unreadable: Error {}
        let storage = try await Self.memory()
        let version = NIOLockedValueBox(1)
        let runs = NIOLockedValueBox([Int: Int]())
        let loads = NIOLockedValueBox(0)
        let service = AgentService(
            Self.setup {
                loads.withLockedValue { $0 += 1 }
                let number = version.withLockedValue { $0 }
                if number == 2 { throw Unreadable() }
                return Self.engagement(storage) { _, _ in
                    runs.withLockedValue { $0[number, default: 0] += 1 }
                    return Ending(summary: "done")
                }
            })
        try await Self.running(service) {
            try await until("the first policy") { runs.withLockedValue { $0[1] ?? 0 } >= 1 }
            version.withLockedValue { $0 = 2 }
            service.reload()
            try await until("read") { loads.withLockedValue { $0 } == 2 }
            let before = runs.withLockedValue { $0[1] ?? 0 }
            try await until("still the first") { runs.withLockedValue { $0[1] ?? 0 } >= before + 2 }
            version.withLockedValue { $0 = 3 }
            service.reload()
            try await until("the third") { runs.withLockedValue { $0[3] ?? 0 } >= 1 }
        }
        #expect(runs.withLockedValue { $0[2] } == nil)
    }

    @Test("a first policy that cannot be read ends the agent with its error")
    func unreadable() async throws {
        struct Unreadable: Error {}
        let service = AgentService(Self.setup { throw Unreadable() })
        await #expect(throws: Unreadable.self) { try await service.run() }
    }

    @Test("once: what is due runs, failures are delivered before the end, and nothing runs twice")
    func once() async throws {
        let storage = try await Self.memory()
        let listener = Listener()
        let outcomes = NIOLockedValueBox<[Outcome]>([])
        var setup = Self.setup(listener) { Self.engagement(storage) { _, _ in throw Failure.broken } }
        setup.isOnce = true
        setup.onEnded = { _, outcome in outcomes.withLockedValue { $0.append(outcome) } }
        try await AgentService(setup).run()
        #expect(outcomes.withLockedValue { $0 } == [.failed(.broken)])
        #expect(listener.events == [.failure])
    }

    @Test("two agents on one repository never run at the same time, and one tells")
    func two() async throws {
        let storage = try await Self.memory()
        let listener = Listener()
        let state = NIOLockedValueBox((running: 0, most: 0, runs: 0, met: 0))
        let services = (0..<2).map { _ in
            var setup = Self.setup(listener) {
                Self.engagement(storage) { _, _ in
                    state.withLockedValue { state in
                        state.running += 1
                        state.runs += 1
                        state.most = max(state.most, state.running)
                    }
                    // The first goes on until the other agent has found it at work.
                    try await until("the other agent comes") { state.withLockedValue { $0.met } > 0 }
                    state.withLockedValue { $0.running -= 1 }
                    throw Failure.broken
                }
            }
            setup.onEnded = { _, outcome in if case .busy = outcome { state.withLockedValue { $0.met += 1 } } }
            return AgentService(setup)
        }
        try await Self.running(services[0]) {
            try await Self.running(services[1]) { try await until("ten runs") { state.withLockedValue { $0.runs } >= 10 } }
        }
        #expect(state.withLockedValue { $0.most } == 1)
        #expect(listener.events == [.failure])
    }

    @Test("systemd hears: ready, alive as long as the loop turns, reloading, stopping")
    func supervised() async throws {
        let address = "@tidemark-service-\(SupervisionTests.name)"
        let socket = try #require(StandInSocket(address))
        let storage = try await Self.memory()
        var setup = Self.setup { Self.engagement(storage, every: .seconds(3_600)) { _, _ in Ending(summary: "done") } }
        setup.supervision = Supervision(Environment(["NOTIFY_SOCKET": address, "WATCHDOG_USEC": "200000"]))
        let service = AgentService(setup)
        let heard = NIOLockedValueBox<[String]>([])
        @Sendable func count(_ line: String) -> Int {
            heard.withLockedValue { heard in
                heard += socket.received()
                return heard.count { $0.hasPrefix(line) }
            }
        }
        try await Self.running(service) {
            try await until("alive") { count("WATCHDOG=1") >= 5 }
            service.reload()
            try await until("ready again") { count("READY=1") >= 2 }
        }
        #expect(count("STOPPING=1") == 1 && count("RELOADING=1\nMONOTONIC_USEC=") == 1)
        let first = heard.withLockedValue { $0.first }
        #expect(first?.hasPrefix("READY=1\nSTATUS=1 cluster") == true)
    }
}
