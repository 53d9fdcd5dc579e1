import Bytes
import NIOConcurrencyHelpers
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

/// A clock that was ahead for a while leaves records of the future behind: whoever wrote them was killed, or renews them by the clock as it is.
@Suite struct FutureTests {
    /// Far enough ahead that nobody sits it out.
    private static let ahead = Duration.seconds(10 * 365 * 86_400)
    private static let length = Lease.length + Lease.skew

    /// What somebody left who was killed, at ten years ahead of the bench's clock.
    private static func leave(_ sort: Lease.Sort, _ bench: Bench, knows: [String] = []) throws -> Lease {
        let since = bench.time.now().advanced(by: ahead)
        let id = bench.repository.chance.bytes(16).hex
        var lease = Lease(id: id, sort: sort, holder: "killed \(sort.rawValue)", since: since, until: since.advanced(by: sort.length))
        lease.knows = knows
        try bench.memory.put(lease.canonicalBytes, at: Layout.lease(id), mode: .ifAbsent)
        return lease
    }

    private static func leaveReader(of id: SnapshotID, _ bench: Bench) throws -> StoragePath {
        let since = bench.time.now().advanced(by: ahead)
        let record =
            #"{"holder":"killed restore","snapshot":"\#(id)","since":"\#(since)","until":"\#(since.advanced(by: Repository.readerLength))"}"#
        let path = Layout.reader(of: id, "00")
        try bench.memory.put(Array(record.utf8), at: path, mode: .ifAbsent)
        return path
    }

    private static func passing(
        _ bench: Bench, _ storage: (any Storage)? = nil, memory: RepositoryMemory = RepositoryMemory()
    ) async throws -> Repository {
        try await Repository.open(storage ?? bench.memory, time: ShortSleeps(bench.time), chance: bench.repository.chance, memory: memory)
    }

    @Test func aPruneWaitsForAKilledWriterNoLongerThanItsLeaseWouldLast() async throws {
        let bench = try await Bench()
        try await bench.repository.withWriter(holder: "somebody") { _ = try await $0.write(Bench.topics(5)) }
        let killed = try Self.leave(.writer, bench)
        let began = bench.time.now()
        let report = try await Prune(repository: try await Self.passing(bench), holder: "prune").run()
        #expect(report.objectsFreed > 0 && report.waitedFor == [killed.holder] && report.endedLeases == [killed.holder])
        let waited = bench.time.now().since(began)
        #expect(waited >= Self.length && waited <= Self.length + .seconds(10), "\(waited)")
        #expect(try bench.files(Layout.leases).isEmpty)
    }

    /// What it has to tell its next run is how long it has waited already.
    @Test func aPruneOfLittlePatienceGoesOnWhereItsFormerRunEnded() async throws {
        let bench = try await Bench()
        try await bench.repository.withWriter(holder: "somebody") { _ = try await $0.write(Bench.topics(5)) }
        let killed = try Self.leave(.writer, bench)
        let memory = RepositoryMemory()
        var runs = 0
        var report: PruneReport?
        while report == nil, runs < 100 {
            runs += 1
            var prune = Prune(repository: try await Self.passing(bench, memory: memory), holder: "an agent's prune")
            prune.patience = .seconds(15)
            let error = await repositoryError { report = try await prune.run() }
            guard let error else { break }
            #expect(error.code == .locked && error.lease?.id == killed.id)
            // Nobody is told to wait for ten years.
            let ends = try #require(error.lease?.ends)
            #expect(ends <= bench.time.now().advanced(by: Self.length) && error.hint.contains("\(ends)"))
        }
        // Twice 15 seconds each: for those of the future, and for writers.
        #expect(report?.endedLeases == [killed.holder] && runs == 11, "\(runs) runs")
    }

    /// It may be alive, and have a delete under way.
    @Test func aPrunesLeaseOfTheFutureIsWatchedAndNotTakenAway() async throws {
        let bench = try await Bench()
        let killed = try Self.leave(.pruner, bench)
        let error = await repositoryError { _ = try await bench.repository.takeLease(.pruner, holder: "next") }
        #expect(error?.code == .locked && error?.lease?.id == killed.id)
        #expect(error?.lease?.ends == bench.time.now().advanced(by: Self.length))
        #expect(try bench.files(Layout.leases).keys.sorted() == [Layout.lease(killed.id)])
        bench.time.advance(by: Self.length)
        try await bench.repository.takeLease(.pruner, holder: "next").release()
    }

    @Test func whatWasLeftIsClearedAwayWhereThereIsNothingElseToDo() async throws {
        let bench = try await Bench()
        let id = try await bench.snapshot(Bench.topics(5))
        let path = try Self.leaveReader(of: id, bench)
        let killed = try Lease.Sort.allCases.map { try Self.leave($0, bench) }
        #expect(try await bench.repository.snapshotsBeingRead() == [id])
        var prune = Prune(repository: try await Self.passing(bench), holder: "prune")
        prune.isRehearsal = true
        _ = try await prune.run()
        #expect(try bench.files(Layout.leases).count == killed.count && bench.memory.head(path) != nil, "a dry run changes nothing")
        prune.isRehearsal = false
        _ = try await prune.run()
        #expect(try bench.files(Layout.leases).isEmpty && bench.files(Layout.readers).isEmpty)
        #expect(try await bench.repository.snapshotsBeingRead().isEmpty)
        #expect(try await bench.repository.check(readData: true).whole == [id])
    }

    /// Somebody alive renews by the clock as it is now: what he does then counts as ever.
    @Test func aReaderThatLivesIsHeeded() async throws {
        let bench = try await Bench()
        let id = try await bench.snapshot(Bench.topics(5))
        let path = try Self.leaveReader(of: id, bench)
        let time = bench.time
        let began = time.now()
        // Renewed while the prune waits.
        let living = FaultyStorage(bench.memory) { verb, asked in
            guard verb == .get, asked == path, time.now() > began.advanced(by: Repository.readerLength / 3) else { return nil }
            let until = time.now().advanced(by: Repository.readerLength)
            let record = #"{"holder":"restore","snapshot":"\#(id)","since":"\#(began)","until":"\#(until)"}"#
            try? bench.memory.put(Array(record.utf8), at: path, mode: .overwrite)
            return nil
        }
        _ = try await Prune(repository: try await Self.passing(bench, living), holder: "prune").run()
        #expect(time.now().since(began) < Repository.readerLength / 2, "it was waited for no longer than until it renewed")
        #expect(try await bench.repository.snapshotsBeingRead() == [id])
    }

    @Test func aKilledPruneKeepsItsCandidatesFromABackupNoLongerThanItsLeaseWouldLast() async throws {
        let bench = try await Bench()
        try await bench.repository.withWriter(holder: "somebody") { _ = try await $0.write(Bench.topics(5)) }
        let killed = try Self.leave(.pruner, bench)
        let names = Set(try bench.files(Layout.objects).keys.compactMap { Layout.object(at: $0) })
        #expect(!names.isEmpty)
        let candidates = Candidates(prune: killed.id, names: names)
        try bench.memory.put(candidates.canonicalBytes, at: Layout.candidates(of: killed.id), mode: .ifAbsent)
        let began = bench.time.now()
        // It renews its own lease meanwhile.
        let repository = try await Repository.open(bench.memory, time: PassingTime(bench.time), chance: SeededChance(seed: 11))
        let id = try await repository.withWriter(holder: "backup") { writer in
            try await writer.publish(bench.manifest(["topics": try await writer.write(Bench.topics(5))]))
        }
        // Each renewal moves the clock by 100 seconds at once.
        let waited = bench.time.now().since(began)
        #expect(waited >= Self.length && waited < .seconds(86_400), "\(waited)")
        #expect(try await bench.repository.check(readData: true).whole == [id])
    }

    @Test(arguments: [Lease.Sort.forgetter, .exclusive]) func aRestoreWaitsForAKilledOneNoLongerThanItsLeaseWouldLast(
        _ sort: Lease.Sort
    ) async throws {
        let bench = try await Bench()
        let id = try await bench.snapshot(Bench.topics(5))
        _ = try Self.leave(sort, bench)
        let began = bench.time.now()
        let read = try await Self.passing(bench).withReader(of: id, holder: "restore") { bench.time.now().since(began) }
        #expect(read >= Self.length && read <= Self.length + .seconds(2), "\(read)")
    }

    /// What became of a record while the store took its time to answer is not known: it may have been renewed.
    @Test func aSlowAnswerMakesNobodyDead() async throws {
        let bench = try await Bench()
        let (time, held) = (bench.time, try await bench.repository.takeLease(.writer, holder: "backup"))
        #expect(try await bench.repository.leases().map(\.holder) == ["backup"])
        let slow = FaultyStorage(bench.memory) { verb, path in
            if verb == .get, path == Layout.lease(held.lease.id) { time.advance(by: Self.length) }
            return nil
        }
        let repository = try await Repository.open(
            slow, time: time, chance: SeededChance(seed: 3), memory: bench.repository.memory)
        #expect(try await repository.leases().map(\.holder) == ["backup"])
    }

    // MARK: The holder

    /// By the clock it would hold for a year; by its uptime it is over, as others may have found.
    @Test func aHolderThatStoodStillFindsItsLeaseOverThoughTheClockWasSetBack() async throws {
        let bench = try await Bench()
        let held = try await bench.repository.takeLease(.pruner, holder: "prune")
        bench.time.setBack(by: .seconds(86_400))
        try await held.check(rest: Prune.rest)
        // What is sent now is taken up a while later: it must hold until then by the uptime, too.
        bench.time.advance(by: Lease.length - Prune.rest + .milliseconds(1))
        try await held.check()
        #expect(await repositoryError { try await held.check(rest: Prune.rest) }?.code == .leaseLost)
        bench.time.advance(by: Prune.rest)
        #expect(await repositoryError { try await held.check() }?.code == .leaseLost)
    }

    @Test func aLeaseThatEndedByItsHoldersUptimeIsNeverRenewed() async throws {
        let bench = try await Bench()
        let held = try await bench.repository.takeLease(.writer, holder: "backup")
        bench.time.setBack(by: .seconds(86_400))
        let before = try bench.files(Layout.leases)
        // It sleeps for a third of the lease and wakes when it is over.
        let late = HeldLease(lease: held.lease, storage: bench.memory, time: StandingStill(bench.time, for: Lease.length + .seconds(1)))
        await late.keep()
        #expect(try bench.files(Layout.leases) == before)
        #expect(await repositoryError { try await late.check() }?.code == .leaseLost)
    }

    /// By the clock as it is since it was set back, a renewed lease is an ordinary one.
    @Test func aHolderThatLivesRenewsByTheClockAsItIs() async throws {
        let bench = try await Bench()
        let held = try await bench.repository.takeLease(.writer, holder: "backup")
        bench.time.setBack(by: .seconds(86_400))
        #expect(try await bench.repository.holdersOfTheFuture().map(\.holder) == ["backup"])
        let keeper = HeldLease(lease: held.lease, storage: bench.memory, time: StandingStill(bench.time, for: Lease.length / 3))
        await keeper.keep()
        #expect(try await bench.repository.holdersOfTheFuture().map(\.holder) == [])
        #expect(try await bench.repository.leases().map(\.holder) == ["backup"])
        try await keeper.check()
    }
}

/// A clock that goes on by what somebody sleeps for a moment; whoever only waits for his next renewal goes on waiting.
private final class ShortSleeps: TimeSource {
    private let hand: HandTime
    init(_ hand: HandTime) { self.hand = hand }
    func now() -> Timestamp { hand.now() }
    func uptime() -> Duration { hand.uptime() }
    func sleep(for duration: Duration) async throws {
        if duration > .seconds(10) { return try await hand.sleep(for: duration) }
        try Task.checkCancellation()
        hand.advance(by: duration)
    }
}

/// Its first sleep takes as long as said, however short it was to be; the next is cancelled.
private final class StandingStill: TimeSource {
    private let hand: HandTime
    private let length: NIOLockedValueBox<Duration?>
    init(_ hand: HandTime, for length: Duration) {
        self.hand = hand
        self.length = NIOLockedValueBox(length)
    }
    func now() -> Timestamp { hand.now() }
    func uptime() -> Duration { hand.uptime() }
    func sleep(for duration: Duration) async throws {
        let length = length.withLockedValue { length in
            defer { length = nil }
            return length
        }
        guard let length else { throw CancellationError() }
        hand.advance(by: length)
    }
}
