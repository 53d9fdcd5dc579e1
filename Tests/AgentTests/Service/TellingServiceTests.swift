import Bytes
import Host
import Logging
import NIOConcurrencyHelpers
import Repository
import Seams
import SnapshotModel
import Storage
import Testing
import Waiting

@testable import Agent

/// Who hears what of a running agent, and when it does not come to it at once.
@Suite struct TellingServiceTests {
    /// Hears what leads to `right`.
    final class Picky: Notifier {
        let told = NIOLockedValueBox<[Notice]>([])
        let refused = NIOLockedValueBox(0)
        func deliver(_ notice: Notice, to receiver: Receiver) async throws(DeliveryFailure) {
            guard receiver.channel == .command(["right"]) else {
                refused.withLockedValue { $0 += 1 }
                throw DeliveryFailure("nobody there")
            }
            told.withLockedValue { $0.append(notice) }
        }
    }

    static func receiver(_ words: [String], at place: String = "notifications[0]") -> Receiver {
        let channel = Receiver.Channel.command(words)
        return Receiver(name: channel.name, place: place, channel: channel)
    }

    static func failing(_ storage: MemoryStorage, _ receivers: [Receiver], _ runs: NIOLockedValueBox<Int> = .init(0)) -> Engagement {
        var engagement = AgentServiceTests.engagement(storage) { _, _ in
            runs.withLockedValue { $0 += 1 }
            throw Failure.broken
        }
        engagement.receivers = ["one": receivers]
        return engagement
    }

    static func setup(_ notifier: any Notifier, _ load: @escaping @Sendable () async throws -> Engagement) -> AgentService.Setup {
        AgentService.Setup(
            time: HostTime(), chance: HostChance(), logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            holder: "a test \(HostChance().bytes(4).hex)", notifier: notifier, load: load)
    }

    @Test("a job that is in trouble and gets into a worse one is told again, once for each, and well again once")
    func worse() async throws {
        let storage = try await AgentServiceTests.memory()
        let listener = AgentServiceTests.Listener()
        let code = NIOLockedValueBox<Int32>(10)
        let runs = NIOLockedValueBox(0)
        let service = AgentService(
            AgentServiceTests.setup(listener) {
                var engagement = AgentServiceTests.engagement(storage) { _, _ in
                    let code = code.withLockedValue { $0 }
                    runs.withLockedValue { $0 += 1 }
                    let failure = Failure("it ends with \(code)", hint: "look.", exitCode: code)
                    if code == 10 { return Ending(summary: "a part", shortfall: failure) }
                    if code != 0 { throw failure }
                    return Ending(summary: "done")
                }
                engagement.rules.longestBackoff = .milliseconds(200)
                return engagement
            })
        try await AgentServiceTests.running(service) {
            for next: Int32 in [10, 17, 13] {
                code.withLockedValue { $0 = next }
                try await until("\(next) is told") { listener.told.withLockedValue { $0.contains { $0.code == next } } }
                let before = runs.withLockedValue { $0 }
                try await until("it goes on so") { runs.withLockedValue { $0 } > before }
            }
            code.withLockedValue { $0 = 0 }
            try await until("well again") { listener.events.contains(.recovery) }
        }
        #expect(listener.told.withLockedValue { $0.map(\.code) } == [10, 17, 13, nil])
    }

    @Test("an agent that has nobody to tell keeps nothing from those who have")
    func nobody() async throws {
        let storage = try await AgentServiceTests.memory()
        let runs = NIOLockedValueBox(0)
        let listener = AgentServiceTests.Listener()
        let silent = AgentService(Self.setup(listener) { Self.failing(storage, [], runs) })
        try await AgentServiceTests.running(silent) { try await until("two failures") { runs.withLockedValue { $0 } >= 2 } }
        #expect(listener.events == [])
        let service = AgentService(Self.setup(listener) { Self.failing(storage, [Self.receiver(["right"])]) })
        try await AgentServiceTests.running(service) { try await until("told") { listener.events == [.failure] } }

        // Nor does it take back what the others told.
        let isWell = NIOLockedValueBox(0)
        let healed = AgentService(
            Self.setup(listener) {
                var engagement = AgentServiceTests.engagement(storage) { _, _ in
                    isWell.withLockedValue { $0 += 1 }
                    return Ending(summary: "done")
                }
                engagement.receivers = [:]
                return engagement
            })
        try await AgentServiceTests.running(healed) { try await until("two runs") { isWell.withLockedValue { $0 } >= 2 } }
        let last = AgentService(
            Self.setup(listener) { AgentServiceTests.engagement(storage) { _, _ in Ending(summary: "done") } })
        try await AgentServiceTests.running(last) { try await until("well again") { listener.events == [.failure, .recovery] } }
    }

    @Test("what was left untold to somebody whom an agent does not know waits for one that does, for a day")
    func unknownReceiver() async throws {
        let storage = try await AgentServiceTests.memory()
        let receiver = Self.receiver(["right"])
        let notice = Notice(
            .failure, cluster: "one", job: .backup, code: 17, message: "no broker answers", hint: nil, moment: HostTime().now(),
            agent: "killed")
        func leave(_ id: Character, since age: Duration) throws {
            let until = HostTime().now().advanced(by: .zero - age)
            let json = JSON.object([
                "holder": "killed", "until": .text(until.description), "receiver": .text(receiver.name), "notice": notice.json,
            ])
            let path = try #require(StoragePath("turns/one/untold/\(String(repeating: id, count: 32)).json"))
            try storage.put(json.canonicalBytes, at: path, mode: .ifAbsent)
        }
        @Sendable func left() -> [String] { storage.list("turns/one/untold", after: nil, limit: 9).map { "\($0.path)" } }
        try leave("a", since: .seconds(65))
        try leave("b", since: .seconds(86_500))
        let listener = Picky()
        let runs = NIOLockedValueBox(0)
        @Sendable func engagement(_ receivers: [Receiver]) -> Engagement {
            var engagement = AgentServiceTests.engagement(storage) { _, _ in
                runs.withLockedValue { $0 += 1 }
                return Ending(summary: "done")
            }
            engagement.receivers = ["one": receivers]
            return engagement
        }
        let other = AgentService(Self.setup(listener) { engagement([Self.receiver(["somebody else"])]) })
        try await AgentServiceTests.running(other) { try await until("two runs") { runs.withLockedValue { $0 } >= 2 } }
        #expect(left().count == 1 && left()[0].contains("aaaa") && listener.refused.withLockedValue { $0 } == 0)
        let own = AgentService(Self.setup(listener) { engagement([Self.receiver(["first"], at: "x"), receiver]) })
        try await AgentServiceTests.running(own) { try await until("told, and the note gone") { left().isEmpty } }
        #expect(listener.told.withLockedValue { $0 } == [notice])
    }

    @Test("a receiver that is corrected gets at once what waits for it; what waits for one that is taken out is given up")
    func corrected() async throws {
        let storage = try await AgentServiceTests.memory()
        let listener = Picky()
        let receivers = NIOLockedValueBox([Self.receiver(["wrong"])])
        let service = AgentService(Self.setup(listener) { Self.failing(storage, receivers.withLockedValue { $0 }) })
        @Sendable func left() -> Int { storage.list("turns/one/untold", after: nil, limit: 9).count }
        try await AgentServiceTests.running(service) {
            // The next tries are some seconds apart.
            try await until("tried twice") { listener.refused.withLockedValue { $0 } == 2 }
            #expect(service.outbox.pending == 1)
            receivers.withLockedValue { $0 = [Self.receiver(["right"])] }
            let before = HostTime().uptime()
            service.reload()
            try await until("told") { listener.told.withLockedValue { $0.map(\.event) } == [.failure] }
            #expect(HostTime().uptime() - before < .seconds(7), "it did not wait for the next try")
        }
        #expect(listener.refused.withLockedValue { $0 } == 2 && left() == 0)

        storage.delete("turns/one/backup.failure-17.json")
        receivers.withLockedValue { $0 = [Self.receiver(["wrong"])] }
        let again = AgentService(Self.setup(listener) { Self.failing(storage, receivers.withLockedValue { $0 }) })
        try await AgentServiceTests.running(again) {
            try await until("tried") { listener.refused.withLockedValue { $0 } == 3 }
            receivers.withLockedValue { $0 = [] }
            again.reload()
            try await until("given up") { again.outbox.pending == 0 && left() == 0 }
        }
        #expect(listener.told.withLockedValue { $0.count } == 1)
    }

    @Test("one that runs once and is over its time limit has failed as anything that does not answer in time")
    func timeLimitOnce() async throws {
        let storage = try await AgentServiceTests.memory()
        let outcomes = NIOLockedValueBox<[Outcome]>([])
        var setup = AgentServiceTests.setup {
            AgentServiceTests.engagement(storage, limit: .milliseconds(100)) { _, _ in
                try await HostTime().sleep(for: .seconds(600))
                return Ending(summary: "never")
            }
        }
        setup.isOnce = true
        setup.onEnded = { _, outcome in outcomes.withLockedValue { $0.append(outcome) } }
        try await AgentService(setup).run()
        #expect(outcomes.withLockedValue { $0 } == [.failed(.timeLimit(.backup, .milliseconds(100)))])
    }
}
