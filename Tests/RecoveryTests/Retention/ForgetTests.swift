import Bytes
import NIOConcurrencyHelpers
import Repository
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// Forgetting in a repository: what the decision says, and nothing else, under a lease.
@Suite struct ForgetTests {
    struct Stage {
        let time = StandingTime()
        let memory: MemoryStorage
        let repository: Repository

        init() async throws {
            memory = MemoryStorage(time: time)
            repository = try await Repository.initialize(memory, time: time, chance: SeededChance(seed: 1))
        }

        /// A snapshot an hour after the one before.
        @discardableResult
        func snapshot(
            after pause: Duration = .seconds(3_600), cluster: ByteString = "c", former: [ByteString] = [], tags: [String] = [],
            grade: Certificate.Grade = .stable, topics: Int = 20
        ) async throws -> SnapshotID {
            time.advance(by: pause)
            let now = time.now()
            return try await repository.withWriter(holder: "a test") { writer in
                let root = try await writer.write(
                    (0..<topics).map { Document(id: ResourceID(ByteString("topic-\($0 + 10)")), body: .text(now.description)) })
                return try await writer.publish(
                    Manifest(
                        tool: .init(name: "tidemark", version: "1"), clusterID: cluster, brokers: 1,
                        lineage: Lineage(formerClusterIDs: former), started: now, finished: now,
                        sections: [Section(kind: "topics", part: .desired, root: root, state: .stable)],
                        certificate: Certificate(grade: grade), tags: tags))
            }
        }

        func forget(_ choice: Forget.Choice) -> Forget { Forget(repository: repository, choice: choice, holder: "a test") }
        func present() async throws -> Set<SnapshotID> { try await repository.snapshotIDs() }
        func damage(_ id: SnapshotID) throws {
            let object = try #require(memory.list("snapshots", after: nil, limit: 1_000).first { $0.path.description.contains("\(id)") })
            try memory.put(Array("{}".utf8), at: object.path, mode: .overwrite)
        }
    }

    @Test func aRehearsalSaysWhatWouldGoAndChangesNothing() async throws {
        let stage = try await Stage()
        var ids: [SnapshotID] = []
        for _ in 0..<4 { ids.append(try await stage.snapshot()) }
        var forget = stage.forget(.rules(RetentionRules(last: 2)))
        forget.isRehearsal = true
        let rehearsal = try await forget.run()
        #expect(rehearsal.isRehearsal && rehearsal.forgotten.map(\.id) == [ids[1], ids[0]])
        #expect(try await stage.present() == Set(ids))
        forget.isRehearsal = false
        let report = try await forget.run()
        #expect(report.forgotten.map(\.id) == rehearsal.forgotten.map(\.id) && report.kept.map(\.id) == [ids[3], ids[2]])
        #expect(try await stage.present() == [ids[3], ids[2]])
        #expect(stage.memory.list("leases", after: nil, limit: 9).isEmpty)
        #expect(try await forget.run().forgotten.isEmpty, "the second time there is nothing to do")
        #expect(try await stage.repository.check(readData: true).isSound)
    }

    @Test func aClockThatWasAheadMakesNoRecoveryPointOfTheFuture() async throws {
        let stage = try await Stage()
        try await stage.snapshot()
        let truth = stage.time.now()
        // Ahead by a day for a while.
        try await stage.snapshot(after: .seconds(86_400))
        stage.time.advance(by: .seconds(-86_300))
        #expect(try await RecoveryPoints(of: stage.repository, .everything).byCluster == ["c": truth])
        let entry = try #require(try await stage.repository.snapshots().first)
        let manifest = try #require(entry.intact)
        try await stage.repository.withWriter(holder: "a test") { [now = stage.time.now()] in
            _ = try await $0.confirm(entry.id, manifest, at: now, by: .agent)
        }
        #expect(try await RecoveryPoints(of: stage.repository, .everything).byCluster == ["c": stage.time.now()], "it holds still")
        stage.time.advance(by: .seconds(-200))
        #expect(try await RecoveryPoints(of: stage.repository, .everything).byCluster.isEmpty, "of this moment nothing is known")
    }

    @Test func whereNothingIsToGoNothingIsPutNorTakenAway() async throws {
        let stage = try await Stage()
        for _ in 0..<4 { try await stage.snapshot() }
        let full = FaultyStorage(stage.memory) { verb, path in
            [.put, .delete].contains(verb) ? .refuse(StorageError(code: .full, path: "\(path ?? "")", message: "full", hint: "")) : nil
        }
        let repository = try await Repository.open(full, time: stage.time, chance: SeededChance(seed: 2))
        for choice in [Forget.Choice.rules(RetentionRules(last: 200)), .named([])] {
            let report = try await Forget(repository: repository, choice: choice, holder: "a test").run()
            #expect(report.forgotten.isEmpty && report.kept.count == 4 && !report.isRehearsal)
        }
        await #expect {
            try await Forget(repository: repository, choice: .rules(RetentionRules(last: 2)), holder: "a test").run()
        } throws: {
            ($0 as? StorageError)?.code == .full
        }
    }

    @Test func noRuleAtAllIsRefused() async throws {
        let stage = try await Stage()
        try await stage.snapshot()
        await #expect { try await stage.forget(.rules(RetentionRules(last: 0))).run() } throws: { ($0 as? RecoveryError)?.code == .usage }
        var other = stage.forget(.rules(RetentionRules(last: 1)))
        other.clusterID = "nobody's"
        await #expect { try await other.run() } throws: { "\($0)".contains("holds no snapshot of cluster nobody's") }
    }

    @Test func onlyWhatWasApprovedGoes() async throws {
        let stage = try await Stage()
        var ids: [SnapshotID] = []
        for _ in 0..<3 { ids.append(try await stage.snapshot()) }
        var forget = stage.forget(.rules(RetentionRules(last: 1)))
        // Somebody was asked about the oldest; meanwhile a backup made another one superfluous.
        forget.approved = [ids[0]]
        let report = try await forget.run()
        #expect(report.forgotten.map(\.id) == [ids[0]])
        #expect(report.lines.first { $0.id == ids[1] }?.verdict == .keep([.notApproved]))
        #expect(try await stage.present() == [ids[1], ids[2]])
    }

    @Test func pinsAndReadersCountUntilTheyAreOver() async throws {
        let stage = try await Stage()
        var ids: [SnapshotID] = []
        for _ in 0..<4 { ids.append(try await stage.snapshot()) }
        try await stage.repository.pin(ids[0], for: .seconds(60), holder: "a test")
        let forget = stage.forget(.rules(RetentionRules(last: 1)))
        try await stage.repository.withReader(of: ids[1], holder: "a restore") {
            let report = try await forget.run()
            #expect(report.forgotten.map(\.id) == [ids[2]])
            #expect(report.lines.first { $0.id == ids[1] }?.verdict == .keep([.read]))
            #expect(try await stage.forget(.named([ids[1]])).run().forgotten.isEmpty, "not by name either")
        }
        stage.time.advance(by: .seconds(61))
        #expect(try await forget.run().forgotten.map(\.id) == [ids[1], ids[0]])
    }

    @Test func aDamagedManifestIsTouchedByNoRuleAndCanBeNamed() async throws {
        let stage = try await Stage()
        var ids: [SnapshotID] = []
        for _ in 0..<4 { ids.append(try await stage.snapshot()) }
        try stage.damage(ids[0])
        try stage.damage(ids[1])
        try await stage.repository.pin(ids[2], holder: "a test")
        let report = try await stage.forget(.rules(RetentionRules(last: 1))).run()
        #expect(report.unreadable.sorted() == [ids[0], ids[1]].sorted() && report.forgotten.isEmpty)
        let named = try await stage.forget(.named([ids[0]])).run()
        #expect(named.forgotten.map(\.id) == [ids[0]] && named.unreadable == [ids[1]])
        #expect(try await stage.present() == [ids[1], ids[2], ids[3]])
    }

    @Test func eachLineageForItselfOrOneAlone() async throws {
        let stage = try await Stage()
        let a = [try await stage.snapshot(cluster: "a"), try await stage.snapshot(cluster: "a")]
        let b = [try await stage.snapshot(cluster: "b"), try await stage.snapshot(cluster: "b", former: ["old"])]
        var forget = stage.forget(.rules(RetentionRules(last: 1)))
        forget.clusterID = "old"
        let report = try await forget.run()
        #expect(Set(report.lines.map(\.id)) == Set(b) && report.forgotten.map(\.id) == [b[0]])
        forget.clusterID = nil
        #expect(try await forget.run().forgotten.map(\.id) == [a[0]])
    }

    @Test func oneForgetsAtATime() async throws {
        let stage = try await Stage()
        try await stage.snapshot()
        try await stage.snapshot()
        try await stage.repository.withForgetter(holder: "forget elsewhere") { _ in
            _ = await #expect { try await stage.forget(.rules(RetentionRules(last: 1))).run() } throws: {
                ($0 as? RepositoryError)?.code == .locked && "\($0)".contains("forget elsewhere")
            }
        }
    }

    @Test func aWriterAtWorkMayTakeBackItsSnapshotSoItStaysAndNothingGoesForIt() async throws {
        let stage = try await Stage()
        let ids = [try await stage.snapshot(), try await stage.snapshot()]
        stage.time.advance(by: .seconds(3_600))
        try await stage.repository.withWriter(holder: "a backup") { _ in
            let young = try await stage.snapshot(after: .seconds(1))
            let report = try await stage.forget(.rules(RetentionRules(last: 1))).run()
            #expect(report.forgotten.map(\.id) == [ids[0]], "the one before the young one is still the last that is sure")
            #expect(report.lines.first { $0.id == young }?.verdict.reasons.contains(.provisional) == true)
        }
    }

    @Test func stoppedInTheMiddleItHasForgottenWhatItSaidAndNothingElse() async throws {
        let stage = try await Stage()
        for _ in 0..<6 { try await stage.snapshot() }
        let before = try await stage.present()
        let repository = stage.repository
        let task = Task {
            try await Forget(repository: repository, choice: .rules(RetentionRules(last: 1)), holder: "a test").run { done, _ in
                if done == 2 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(try await stage.present().count == before.count - 3)
        #expect(stage.memory.list("leases", after: nil, limit: 9).isEmpty)
        _ = try await stage.forget(.rules(RetentionRules(last: 1))).run()
        #expect(try await stage.present().count == 1)
    }

    @Test func theReportsShape() async throws {
        let stage = try await Stage()
        let ids = [try await stage.snapshot(tags: ["nightly"]), try await stage.snapshot()]
        let json = try await stage.forget(.rules(RetentionRules(last: 1))).run().json
        #expect(json["schema"] == "tidemark.forget/1" && json["dryRun"] == .bool(false) && json["kept"] == .integer(1))
        #expect(json["forgotten"] == .integer(1) && json["unreadable"] == .array([]))
        let lines = json["snapshots"]?.array ?? []
        #expect(lines.map { $0["id"]?.text } == [ByteString(ids[1].description), ByteString(ids[0].description)])
        #expect(lines.map { $0["verdict"] } == ["keep", "forget"] && lines.last?["tags"] == .array(["nightly"]))
        #expect(lines.first?["reasons"] == .array(["the last complete one", "the newest", "last"]))
    }
}

/// A clock that only tests move; sleeping lasts until the sleeper is cancelled.
final class StandingTime: TimeSource {
    private let moment = NIOLockedValueBox(Timestamp("2026-11-20T00:00Z")!)

    func now() -> Timestamp { moment.withLockedValue { $0 } }
    func uptime() -> Duration { now().since(Timestamp(milliseconds: 0)) }
    func sleep(for duration: Duration) async throws { try await Task.sleep(for: .seconds(3_600)) }
    func advance(by duration: Duration) { moment.withLockedValue { $0 = $0.advanced(by: duration) } }
}
