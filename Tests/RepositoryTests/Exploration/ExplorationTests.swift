import Bytes
import Foundation
import Host
import NIOConcurrencyHelpers
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

/// Writers, prunes, forgetters and readers beside each other in simulated time, in orders that seeds decide, with clocks that differ, machines
/// that stand still and participants that crash.
@Suite struct ExplorationTests {
    struct Outcome: Sendable {
        /// What went wrong, or nil.
        var failure: String?
        var steps = 0
        var published = 0
        var freed = 0
        var read = 0
        /// Errors that the protocol allows, by what excuses them.
        var excuses: [String: Int] = [:]
    }

    private struct Ledger: Sendable {
        var told: Set<SnapshotID> = []
        var forgotten: Set<SnapshotID> = []
        var done = 0
        var freed = 0
        var read = 0
        var excuses: [String: Int] = [:]
        var unexpected: String?
    }

    /// The states that the cluster flips between: pages that are needed, not needed and needed again.
    private static func documents(_ state: Int) -> [Document] {
        [Document(id: ResourceID("topic"), body: .integer(state))]
    }

    /// Somebody who was killed left them while the clock was ahead by years.
    private static func leaveRecords(in world: World) throws {
        let since = world.now.advanced(by: .seconds(10 * 365 * 86_400))
        for sort in Lease.Sort.allCases where sort != .restore && world.chance.number(in: 0...1) == 0 {
            let lease = Lease(
                id: world.chance.bytes(16).hex, sort: sort, holder: "killed", since: since, until: since.advanced(by: sort.length))
            try world.memory.put(lease.canonicalBytes, at: Layout.lease(lease.id), mode: .ifAbsent)
            guard sort == .pruner else { continue }
            let objects = world.memory.list(Layout.objects, after: nil, limit: .max).compactMap { Layout.object(at: $0.path) }
            let candidates = Candidates(prune: lease.id, names: Set(objects))
            try world.memory.put(candidates.canonicalBytes, at: Layout.candidates(of: lease.id), mode: .ifAbsent)
        }
        for object in world.memory.list(Layout.snapshots, after: nil, limit: .max) where world.chance.number(in: 0...1) == 0 {
            guard let id = Layout.snapshot(at: object.path)?.id else { continue }
            let until = since.advanced(by: Repository.readerLength)
            let record = #"{"holder":"killed","snapshot":"\#(id)","since":"\#(since)","until":"\#(until)"}"#
            try world.memory.put(Array(record.utf8), at: Layout.reader(of: id, world.chance.bytes(16).hex), mode: .ifAbsent)
        }
    }

    /// - Parameter remains: whether somebody who was killed while the clock was ahead left his records behind.
    static func explore(
        seed: UInt64, without: Set<Prune.Step> = [], heedsCandidates: Bool = true, remains: Bool = false
    ) -> Outcome {
        let world = World(seed: seed)
        let ledger = NIOLockedValueBox(Ledger())
        let chance = world.chance
        let count = chance.number(in: 3...4)

        @Sendable func open(_ participant: Int, _ skew: Duration) async throws -> Repository {
            var repository = try await Repository.open(
                TurnStorage(world: world, participant: participant, skew: skew),
                time: SkewedTime(world: world, participant: participant, skew: skew), chance: chance)
            repository.heedsCandidates = heedsCandidates
            return repository
        }
        @Sendable func snapshot(_ repository: Repository, _ state: Int, basis: Manifest?) async throws {
            let id = try await repository.withWriter(holder: "writer", basis: [basis].compactMap { $0 }) { writer in
                let root = try await writer.write(documents(state))
                let now = repository.time.now()
                let manifest = Manifest(
                    tool: .init(name: "tidemark", version: "1"), clusterID: "c", brokers: 1, started: now, finished: now,
                    sections: [Section(kind: "topics", part: .desired, root: root, state: .stable)],
                    certificate: Certificate(grade: .stable))
                return try await writer.publish(manifest) { manifest, _ in
                    manifest.lineage.parent = try await repository.snapshots().first { $0.intact != nil }?.id
                }.id
            }
            ledger.withLockedValue { _ = $0.told.insert(id) }
        }
        @Sendable func prune(_ repository: Repository) async throws {
            var prune = Prune(repository: repository, holder: "prune")
            prune.without = without
            let report = try await prune.run()
            ledger.withLockedValue { $0.freed += report.objectsFreed }
        }
        @Sendable func settled(_ entries: [SnapshotEntry], _ repository: Repository) async throws -> [SnapshotEntry] {
            let provisional = try await repository.provisionalSnapshots()
            let present = try await repository.snapshotIDs()
            return entries.filter { !provisional.contains($0.id) && present.contains($0.id) }
        }
        @Sendable func read(_ repository: Repository) async throws {
            // The oldest, which is the first to be forgotten.
            guard let entry = try await settled(try await repository.snapshots(), repository).last, let manifest = entry.intact else {
                return
            }
            try await repository.withReader(of: entry.id, holder: "restore") {
                for section in manifest.sections {
                    for try await _ in repository.documents(section.root) {}
                    try await repository.time.sleep(for: .seconds(chance.number(in: 1...300)))
                    for try await _ in repository.documents(section.root) {}
                }
            }
            ledger.withLockedValue { $0.read += 1 }
        }
        @Sendable func forget(_ repository: Repository) async throws {
            try await repository.withForgetter(holder: "forget") { forgetter in
                let entries = try await repository.snapshots()
                let read = try await repository.snapshotsBeingRead()
                for entry in try await settled(entries, repository).dropFirst() where !read.contains(entry.id) {
                    // Before it is done: the one who asked knows it may be.
                    ledger.withLockedValue { _ = $0.forgotten.insert(entry.id) }
                    try await forgetter.forget(entry)
                }
            }
        }
        func start(_ participant: Int, _ work: @escaping @Sendable (Repository) async throws -> Void) {
            let skew = Duration.milliseconds(chance.number(in: -14_000...14_000))
            Task(executorPreference: world.executor) {
                do {
                    try await work(try await open(participant, skew))
                } catch {
                    // Those who prepare and who judge work alone and without faults: nothing excuses an error of theirs.
                    let excuse = participant < 100 ? Verdict.excuse(error, of: participant, skew: skew, in: world) : nil
                    ledger.withLockedValue {
                        if let excuse {
                            $0.excuses[excuse, default: 0] += 1
                        } else {
                            $0.unexpected =
                                "participant \(participant): \(error) (\(Verdict.circumstances(of: participant, skew: skew, in: world)))"
                        }
                    }
                }
                ledger.withLockedValue { $0.done += 1 }
            }
        }
        func run(_ participants: Int, faults: Bool) {
            world.run(participants, faults: faults) { ledger.withLockedValue { $0.done } == participants }
            ledger.withLockedValue { $0.done = 0 }
        }

        // Something to begin with: a snapshot, and pages that none needs.
        let format = RepositoryFormat(
            repositoryID: chance.bytes(16), created: world.now, codec: .zstd, pages: PageParameters(salt: chance.bytes(16)))
        do {
            try world.memory.put(format.canonicalBytes, at: Layout.format, mode: .ifAbsent)
        } catch {
            return Outcome(failure: "\(error)")
        }
        start(100) { repository in
            try await snapshot(repository, 0, basis: nil)
            try await repository.withWriter(holder: "first") { writer in
                for state in 1...2 { _ = try await writer.write(documents(state)) }
            }
        }
        run(1, faults: false)
        world.advance(by: .seconds(chance.number(in: 0...1000)))
        if remains {
            do {
                try leaveRecords(in: world)
            } catch {
                return Outcome(failure: "\(error)")
            }
        }

        for participant in 0..<count {
            let role = participant == 0 ? 0 : participant == 1 ? 3 : chance.number(in: 0...6)
            let state = chance.number(in: 0...2)
            start(participant) { repository in
                switch role {
                case 0, 1, 2:
                    let basis = try await repository.snapshots().first?.intact
                    try await snapshot(repository, state, basis: basis)
                    if role == 2 { try await snapshot(repository, (state + 1) % 3, basis: basis) }
                case 3, 4: try await prune(repository)
                case 5: try await read(repository)
                default:
                    try await forget(repository)
                    try await prune(repository)
                }
            }
        }
        run(count, faults: true)

        // Long after, a prune without faults: it frees all that none needs, and nothing of those who crashed stays.
        world.advance(by: .seconds(700))
        let verdict = NIOLockedValueBox<String?>("nobody judged")
        start(200) { repository in
            try await prune(repository)
            let report = try await repository.check(readData: true)
            let told = ledger.withLockedValue { $0.told.subtracting($0.forgotten) }
            verdict.withLockedValue { verdict in
                verdict = nil
                if !report.damaged.isEmpty {
                    verdict = "damaged: \(report.findings(.error).map(\.message))"
                } else if !told.isSubset(of: report.whole) {
                    verdict = "a published snapshot is gone"
                } else if report.whole.isEmpty {
                    verdict = "no snapshot is left"
                } else if let extra = report.findings.first(where: { $0.sort == "extra" }) {
                    verdict = "not freed: \(extra.message)"
                }
            }
        }
        run(1, faults: false)
        if verdict.withLockedValue({ $0 }) == nil {
            let rest = ["leases", "candidates", "readers"].flatMap { world.memory.list($0, after: nil, limit: 9) }
            if !rest.isEmpty { verdict.withLockedValue { $0 = "left behind: \(rest.map(\.path))" } }
        }
        let end = ledger.withLockedValue { $0 }
        return Outcome(
            failure: end.unexpected ?? verdict.withLockedValue { $0 }, steps: world.steps, published: end.told.count, freed: end.freed,
            read: end.read, excuses: end.excuses)
    }

    @Test func everyPublishedSnapshotStaysWholeInThousandsOfInterleavings() async {
        let variable = ProcessInfo.processInfo.environment["TIDEMARK_INTERLEAVINGS"].flatMap { UInt64($0) }
        let number = variable ?? 2_000
        let outcomes = await withTaskGroup(of: [(UInt64, Outcome)].self) { group in
            for part in 0..<UInt64(2) {
                group.addTask { await Self.aside { stride(from: part, to: number, by: 2).map { ($0, Self.explore(seed: $0)) } } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        for (seed, outcome) in outcomes {
            if let failure = outcome.failure { Issue.record("seed \(seed): \(failure)") }
        }
        let steps = outcomes.reduce(0) { $0 + $1.1.steps }
        let freed = outcomes.reduce(0) { $0 + $1.1.freed }
        let published = outcomes.reduce(0) { $0 + $1.1.published }
        let read = outcomes.reduce(0) { $0 + $1.1.read }
        let excuses = outcomes.reduce(into: [String: Int]()) { $0.merge($1.1.excuses, uniquingKeysWith: +) }
        print(
            "interleavings explored: \(outcomes.count), \(steps) steps, \(published) snapshots published, \(freed) objects freed, "
                + "\(read) read; ended early: \(excuses.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", "))"
        )
        #expect(outcomes.count == Int(number) && freed > 0 && published > Int(number))
        #expect(read > 0 && excuses["lease lost"] ?? 0 > 0 && excuses["gave way"] ?? 0 > 0 && excuses["crashed"] ?? 0 > 0)
    }

    /// Nobody waits until the clock comes there again, and in the end nothing of it is left.
    @Test func whatWasLeftByAClockThatWasAheadHoldsNobodyUpForLong() async {
        let outcomes = await Self.aside { (0..<UInt64(100)).map { ($0, Self.explore(seed: $0, remains: true)) } }
        for (seed, outcome) in outcomes {
            if let failure = outcome.failure { Issue.record("seed \(seed): \(failure)") }
        }
        #expect(outcomes.contains { $0.1.freed > 0 } && outcomes.contains { $0.1.read > 0 })
        #expect(outcomes.reduce(0) { $0 + $1.1.published } > outcomes.count)
    }

    @Test(arguments: [Set([Prune.Step.wait]), [.readAgain]])
    func aPruneThatLeavesOutAStepIsFoundOut(_ without: Set<Prune.Step>) async {
        #expect(await Self.aside { (0..<3_000).contains { Self.explore(seed: $0, without: without).failure != nil } })
    }

    @Test func aWriterThatReusesCandidatesIsFoundOut() async {
        #expect(await Self.aside { (0..<3_000).contains { Self.explore(seed: $0, heedsCandidates: false).failure != nil } })
    }

    @Test func aSeedIsAlwaysTheSameSchedule() async {
        let differing = await Self.aside { (UInt64(0)..<20).filter { Self.explore(seed: $0).steps != Self.explore(seed: $0).steps } }
        #expect(differing == [])
    }

    /// On a thread of its own, so that a minute of computing does not keep other tests from the few that serve tasks.
    private static func aside<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { done in Thread.detachNewThread { done.resume(returning: work()) } }
    }
}
