import Bytes
import Seams
import SnapshotModel
import Storage
import NIOConcurrencyHelpers
import Testing

@testable import Repository

@Suite struct LeaseTests {
    @Test func writersShareAndNobodyWritesWhileOneDeletes() async throws {
        let bench = try await Bench()
        try await bench.repository.withWriter(holder: "one") { _ in
            try await bench.repository.withWriter(holder: "two") { _ in
                let holders = try await bench.repository.leases().map(\.holder)
                #expect(holders.sorted() == ["one", "two"])
                #expect(await repositoryError { _ = try await bench.repository.takeLease(.exclusive, holder: "prune") }?.code == .locked)
            }
        }
        #expect(try await bench.repository.leases().isEmpty)
        let exclusive = try await bench.repository.takeLease(.exclusive, holder: "prune on backup-1")
        let error = await repositoryError { try await bench.repository.withWriter(holder: "late") { _ in } }
        #expect(error?.code == .locked && error?.message.contains("prune on backup-1") == true)
        #expect(error?.message.contains(bench.time.now().description) == true)
        #expect(try bench.files(Layout.leases).count == 1, "who gave way left no lease behind")
        try await exclusive.release()
        try await bench.repository.withWriter(holder: "late") { _ in }
    }

    @Test func aKilledHoldersLeaseEndsByItself() async throws {
        let bench = try await Bench()
        _ = try await bench.repository.takeLease(.exclusive, holder: "killed")
        bench.time.advance(by: Lease.length + Lease.skew)
        try await bench.repository.withWriter(holder: "next") { _ in }
        bench.time.advance(by: .seconds(90_000))
        #expect(try await bench.repository.leases().isEmpty)
        try await bench.repository.withWriter(holder: "after") { _ in }
        #expect(try bench.files(Layout.leases).isEmpty, "a lease long over is cleared away")
    }

    /// Of a host whose clock was ahead by an hour, and is right again.
    @Test(arguments: [Lease.Sort.publisher, .forgetter, .exclusive]) func aLeaseOfTheFutureBarsNobody(_ sort: Lease.Sort)
        async throws
    {
        let bench = try await Bench()
        bench.time.advance(by: .seconds(3_600))
        let killed = try await bench.repository.takeLease(sort, holder: "killed")
        bench.time.advance(by: .seconds(-3_600))
        let next = try await bench.repository.takeLease(sort, holder: "next")
        try await next.check()
        // If it lives, it learns that it holds no more.
        #expect(await repositoryError { try await killed.check() }?.code == .leaseLost)
        try await next.release()
        // Clocks may differ a little.
        bench.time.advance(by: Lease.skew)
        let ahead = try await bench.repository.takeLease(.restore, holder: "ahead", targets: ["a"])
        bench.time.advance(by: .zero - Lease.skew)
        #expect(await repositoryError { _ = try await bench.repository.takeLease(.restore, holder: "b", targets: ["a"]) }?.code == .locked)
        try await ahead.check()
    }

    @Test func theLeaseIsReleasedWhenTheBodyThrows() async throws {
        struct Stop: Error {}
        let bench = try await Bench()
        await #expect(throws: Stop.self) { try await bench.repository.withWriter(holder: "one") { _ in throw Stop() } }
        #expect(try bench.files(Layout.leases).isEmpty)
    }

    @Test func nothingIsPublishedWithoutALease() async throws {
        let bench = try await Bench()
        let error = await repositoryError {
            try await bench.repository.withWriter(holder: "slow") { writer in
                let root = try await writer.write(Bench.topics(10))
                bench.time.advance(by: Lease.length)
                _ = try await writer.publish(bench.manifest(["topics": root]))
            }
        }
        #expect(error?.code == .leaseLost)
        #expect(try await bench.repository.snapshots().isEmpty)
    }

    @Test func aSnapshotPublishedAsTheLeaseEndedIsTakenBack() async throws {
        let bench = try await Bench()
        let time = bench.time
        let slow = FaultyStorage(bench.memory) { verb, path in
            if verb == .put, path?.isBelow(Layout.snapshots) == true { time.advance(by: Lease.length) }
            return nil
        }
        let repository = try await Repository.open(slow, time: time, chance: SeededChance(seed: 4))
        let error = await repositoryError {
            try await repository.withWriter(holder: "slow") { writer in
                let root = try await writer.write(Bench.topics(10))
                _ = try await writer.publish(bench.manifest(["topics": root]))
            }
        }
        #expect(error?.code == .leaseLost)
        #expect(try bench.files(Layout.snapshots).isEmpty)
    }

    /// A snapshot's id is a hash of its bytes: the very same may have been published, and told of, before.
    @Test func aSnapshotThatWasThereBeforeIsNotTakenBack() async throws {
        let bench = try await Bench()
        let time = bench.time
        let root = try await bench.repository.withWriter(holder: "one") { writer in
            let root = try await writer.write(Bench.topics(10))
            _ = try await writer.publish(bench.manifest(["topics": root]))
            return root
        }
        let manifest = bench.manifest(["topics": root])
        let before = try bench.files(Layout.snapshots)
        #expect(before.count == 1)
        let slow = FaultyStorage(bench.memory) { verb, path in
            if verb == .put, path?.isBelow(Layout.snapshots) == true { time.advance(by: Lease.length) }
            return nil
        }
        let repository = try await Repository.open(slow, time: time, chance: SeededChance(seed: 4))
        let error = await repositoryError {
            try await repository.withWriter(holder: "slow") { writer in _ = try await writer.publish(manifest) }
        }
        #expect(error?.code == .leaseLost)
        #expect(try bench.files(Layout.snapshots) == before)
    }

    @Test func aSnapshotWhosePagesAreGoneIsNotPublished() async throws {
        let bench = try await Bench()
        let error = await repositoryError {
            try await bench.repository.withWriter(holder: "one") { writer in
                let root = try await writer.write(Bench.topics(2_000))
                let leaf = try #require(try bench.files(Layout.objects).keys.first { $0 != Layout.object(root.reference!.name) })
                bench.memory.delete(leaf)
                _ = try await writer.publish(bench.manifest(["topics": root]))
            }
        }
        #expect(error?.damage?.sort == .missing)
        #expect(try bench.files(Layout.snapshots).isEmpty)
    }

    @Test func aLongLeaseIsRenewed() async throws {
        let bench = try await Bench()
        let held = try await bench.repository.takeLease(.writer, holder: "long")
        let turns = TurningTime(bench.time, turns: 5)
        let keeper = HeldLease(lease: held.lease, storage: bench.memory, time: turns)
        await keeper.keep()
        #expect(bench.time.now() > held.lease.until)
        try await keeper.check()
        #expect(
            await repositoryError { try await held.check() }?.code == .leaseLost, "whoever does not renew it does not know that it holds")
        try await keeper.release()
        #expect(await repositoryError { try await keeper.check() }?.code == .leaseLost)
        await HeldLease(lease: held.lease, storage: bench.memory, time: TurningTime(bench.time, turns: 2)).keep()
        #expect(try bench.files(Layout.leases).isEmpty, "a lease that was taken away is not put again")
    }
}

/// Sleeps by moving a hand clock, so many times; then it is cancelled.
private final class TurningTime: TimeSource {
    private let hand: HandTime
    private let left: NIOLockedValueBox<Int>

    init(_ hand: HandTime, turns: Int) {
        self.hand = hand
        left = NIOLockedValueBox(turns)
    }

    func now() -> Timestamp { hand.now() }
    func uptime() -> Duration { hand.uptime() }
    func sleep(for duration: Duration) async throws {
        try left.withLockedValue { left in
            left -= 1
            if left < 0 { throw CancellationError() }
        }
        hand.advance(by: duration)
    }
}
