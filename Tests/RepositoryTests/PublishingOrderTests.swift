import Bytes
import NIOConcurrencyHelpers
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

/// Several writers publish at the same time: in hundreds of orders in which their calls reach the store, their snapshots are one chain.
@Suite struct PublishingOrderTests {
    @Test(arguments: [(writers: 2, interruptions: 3), (writers: 3, interruptions: 1)])
    func inHundredsOfOrdersOfCallsEachSnapshotHasAParentThatStays(_ writers: Int, _ interruptions: Int) async throws {
        let bench = try await Bench()
        let format = try bench.memory.get(Layout.format, range: nil)
        var orders = Orders(interruptions: interruptions, atMost: 300)
        try await orders.each { choose in
            let memory = MemoryStorage(time: bench.time)
            try memory.put(format, at: Layout.format, mode: .ifAbsent)
            let order = Interleaver(parties: writers)
            let published = try await withThrowingTaskGroup(of: SnapshotID.self) { group in
                for party in 0..<writers {
                    let chance = SeededChance(seed: UInt64(party + 1))
                    let storage = TurnedStorage(base: memory, party: party, order: order)
                    let repository = try await Repository.open(
                        storage, time: TurnedTime(base: bench.time, party: party, order: order), chance: chance)
                    // Taken before: it is not what is looked at here.
                    let lease = try await Repository.open(memory, time: bench.time, chance: chance).takeLease(.writer, holder: "\(party)")
                    let held = HeldLease(lease: lease.lease, storage: storage, time: bench.time)
                    let manifest = bench.manifest([:], cluster: "cluster-a")
                    group.addTask {
                        defer { order.end() }
                        var manifest = manifest
                        manifest.tags = ["\(party)"]
                        return try await RepositoryWriter(repository, held).publish(manifest) { manifest, present in
                            // The newest: the one that no other names as its parent.
                            var parents: Set<SnapshotID> = []
                            for id in present { parents.formUnion([try await repository.manifest(id).lineage.parent].compactMap { $0 }) }
                            manifest.lineage = Lineage(parent: present.subtracting(parents).min())
                        }.id
                    }
                }
                await order.run(choose)
                var ids: Set<SnapshotID> = []
                for try await id in group { ids.insert(id) }
                return ids
            }
            let after = try await Repository.open(memory, time: bench.time, chance: SeededChance(seed: 9))
            let entries = try await after.snapshots()
            #expect(Set(entries.map(\.id)) == published && published.count == writers)
            let parents = entries.map { $0.intact?.lineage.parent }
            #expect(parents.filter { $0 == nil }.count == 1, "one has none")
            #expect(Set(parents).count == writers, "no two have the same")
            #expect(parents.allSatisfy { parent in parent.map { published.contains($0) } ?? true }, "all are there")
            #expect(try await after.leases().allSatisfy { $0.sort == .writer }, "turns were given back")
        }
        #expect(orders.tried > 100, "\(orders.tried) orders")
    }

    @Test func aWriterThatWasHeldUpBeyondItsTurnWithdrawsAndPublishesAnew() async throws {
        let bench = try await Bench()
        let time = bench.time
        let isFirst = FirstTime()
        let slow = FaultyStorage(bench.memory) { verb, path in
            if verb == .put, path?.isBelow(Layout.snapshots) == true, isFirst.take() { time.advance(by: Lease.turn) }
            return nil
        }
        let repository = try await Repository.open(slow, time: NoPause(base: time), chance: SeededChance(seed: 4))
        let lease = try await repository.takeLease(.writer, holder: "slow")
        var manifest = bench.manifest([:])
        manifest.tags = ["slow"]
        let (id, _) = try await RepositoryWriter(repository, lease).publish(manifest) { _, _ in }
        #expect(!isFirst.take())
        #expect(try await repository.snapshotIDs() == [id])
    }

    @Test func whoseTurnIsWaitedForIsSaidOnce() async throws {
        let bench = try await Bench()
        let killed = try await bench.repository.takeLease(.publisher, holder: "killed").lease
        let repository = try await Repository.open(bench.memory, time: PassingTime(bench.time), chance: SeededChance(seed: 4))
        let lease = try await repository.takeLease(.writer, holder: "next")
        let told = NIOLockedValueBox<[Lease]>([])
        let manifest = bench.manifest([:])
        let (id, _) = try await RepositoryWriter(repository, lease).publish(
            manifest, waiting: { lease in told.withLockedValue { $0.append(lease) } }
        ) {
            _, _ in
        }
        #expect(told.withLockedValue { $0 } == [killed])
        #expect(bench.time.now() >= killed.ends && bench.time.now() < killed.ends.advanced(by: .seconds(2)))
        #expect(try await repository.snapshotIDs() == [id])
    }

    @Test func anAbsentParentIsNotedAndIsNoDamage() async throws {
        let bench = try await Bench()
        let first = try await bench.snapshot(Bench.topics(10))
        bench.time.advance(by: .seconds(60))
        let second = try await bench.snapshot(Bench.topics(10), parent: first)
        #expect(try await bench.repository.check(readData: true).findings == [])
        for path in try bench.files(Layout.snapshots).keys where Layout.snapshot(at: path)?.id == first { bench.memory.delete(path) }
        let report = try await bench.repository.check(readData: true)
        #expect(report.isSound && report.whole == [second] && report.damaged == [])
        #expect(report.findings.map(\.sort) == ["parent"] && report.findings.first?.severity == .note)
        #expect(report.findings.first?.message.contains(first.short) == true && report.findings.first?.snapshots == [second])
    }
}

private final class FirstTime: Sendable {
    private let isLeft = NIOLockedValueBox(true)
    func take() -> Bool {
        isLeft.withLockedValue { isLeft in
            defer { isLeft = false }
            return isLeft
        }
    }
}

private struct NoPause: TimeSource {
    let base: HandTime
    func now() -> Timestamp { base.now() }
    func uptime() -> Duration { base.uptime() }
    func sleep(for duration: Duration) async throws {}
}
