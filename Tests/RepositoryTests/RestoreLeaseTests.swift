import Bytes
import NIOConcurrencyHelpers
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

/// One restore at a time onto a target, whoever else works in the repository.
@Suite struct RestoreLeaseTests {
    @Test func aSecondRestoreOntoTheSameTargetGivesWayAndOneOntoAnotherDoesNot() async throws {
        let bench = try await Bench()
        let targets = ["cluster a", "registry http://r"]
        try await bench.repository.withRestore(onto: targets, holder: "first") { lease in
            for others in [["cluster a"], ["cluster b", "registry http://r"]] {
                let error = await repositoryError {
                    try await bench.repository.withRestore(onto: others, holder: "second") { _ in _ = Issue.record("two at once") }
                }
                #expect(error?.code == .locked && error?.message.contains("first") == true, "\(others)")
                let end = bench.time.now().advanced(by: Lease.turn + Lease.skew)
                #expect(error?.hint.contains("ends by itself at \(end)") == true, "\(error?.hint ?? "")")
            }
            try await bench.repository.withRestore(onto: ["cluster b"], holder: "elsewhere") { _ in }
            try await bench.repository.withWriter(holder: "a backup") { _ in try await lease.check() }
            _ = try await Prune(repository: bench.repository, holder: "a prune").run()
            try await lease.check()
        }
        #expect(try bench.files(Layout.leases).isEmpty)
        try await bench.repository.withRestore(onto: targets, holder: "second") { _ in }
    }

    @Test func aKilledRestoresLeaseEndsByItselfAndWhoTakesOverIsToldOfIt() async throws {
        let bench = try await Bench()
        let killed = try await bench.repository.takeLease(.restore, holder: "killed", targets: ["cluster a"]).lease
        bench.time.advance(by: Lease.turn + Lease.skew - .milliseconds(1))
        let targets = ["cluster a"]
        let error = await repositoryError { try await bench.repository.withRestore(onto: targets, holder: "next") { _ in } }
        #expect(error?.code == .locked)
        bench.time.advance(by: .milliseconds(1))
        for expected in [[killed], []] {
            var told: [Lease] = []
            try await bench.repository.withRestore(onto: targets, holder: "next", tookOver: { told.append($0) }) { _ in }
            #expect(told == expected)
        }
    }

    @Test func itIsRenewedAndWorkUnderItIsCancelledOnceItIsLost() async throws {
        let bench = try await Bench()
        let repository = try await Repository.open(bench.memory, time: PassingTime(bench.time), chance: SeededChance(seed: 5))
        let began = bench.time.now()
        let reached = NIOLockedValueBox(false)
        let error = await repositoryError {
            try await repository.withRestore(onto: ["cluster a"], holder: "long") { lease in
                try await lease.whileHeld {
                    while bench.time.now() < began.advanced(by: Lease.turn * 5), !Task.isCancelled { await Task.yield() }
                    try await lease.check()
                    for path in try bench.files(Layout.leases).keys { bench.memory.delete(path) }
                    while !Task.isCancelled { await Task.yield() }
                    let loss = await lease.loss
                    #expect(loss?.code == .leaseLost && loss?.message.contains("restore") == true)
                    #expect(try bench.files(Layout.leases).isEmpty, "a lease that was taken away is not put again")
                    reached.withLockedValue { $0 = true }
                    throw CancellationError()
                }
            }
        }
        #expect(error?.code == .leaseLost)
        #expect(reached.withLockedValue { $0 }, "it was renewed for five times its length")
    }

    @Test func aMachineThatStoodStillFindsItsLeaseOverBeforeAnybodyTellsIt() async throws {
        let bench = try await Bench()
        try await bench.repository.withRestore(onto: ["cluster a"], holder: "suspended") { lease in
            try await lease.checkLately()
            bench.time.advance(by: Lease.turn + .milliseconds(1))
            await #expect(throws: RepositoryError.self) { try await lease.checkLately() }
            #expect(await lease.loss?.code == .leaseLost)
            // As soon as anything of it runs again: without a renewal.
            let began = bench.time.now()
            let error = await repositoryError {
                try await lease.whileHeld { try await Task.sleep(for: .seconds(3_600)) }
            }
            #expect(error?.code == .leaseLost)
            #expect(bench.time.now() == began)
        }
    }

    @Test func aLeaseOfTheFutureIsTakenAwayAndItsHolderGivenTimeToFindOut() async throws {
        let bench = try await Bench()
        let ahead = bench.time.now().advanced(by: .seconds(86_400))
        let other = Lease(
            id: String(repeating: "c", count: 32), sort: .restore, holder: "ahead", since: ahead, until: ahead.advanced(by: Lease.turn),
            targets: ["cluster a"])
        try bench.memory.put(other.canonicalBytes, at: Layout.lease(other.id), mode: .ifAbsent)
        let slept = SleepsNoted(bench.time)
        let repository = try await Repository.open(bench.memory, time: slept, chance: SeededChance(seed: 6))
        var told: [Lease] = []
        try await repository.withRestore(onto: ["cluster a"], holder: "next", tookOver: { told.append($0) }) { _ in }
        #expect(told == [other])
        // Longer than from one renewal to the next.
        #expect(slept.longest > Lease.turn / 3)
    }

    @Test func leasesAreReadWithoutTheRightToTakeAnyAway() async throws {
        let bench = try await Bench()
        _ = try await bench.repository.takeLease(.writer, holder: "killed long ago")
        bench.time.advance(by: .seconds(200_000))
        let readOnly = FaultyStorage(bench.memory) { verb, path in
            guard verb == .delete else { return nil }
            return .refuse(StorageError(code: .notWritable, path: path?.description ?? "", message: "it may only be read", hint: ""))
        }
        let repository = try await Repository.open(readOnly, time: bench.time, chance: SeededChance(seed: 7))
        #expect(try await repository.leases().isEmpty)
        // Who may write, clears it away.
        try await bench.repository.withWriter(holder: "next") { _ in }
        #expect(try bench.files(Layout.leases).isEmpty)
    }

    @Test func itRoundTripsWithItsTargets() throws {
        let moment = Timestamp(milliseconds: 1_795_000_000_000)
        let lease = Lease(
            id: "ab", sort: .restore, holder: "tidemark restore", since: moment, until: moment.advanced(by: Lease.turn),
            targets: ["cluster a", "registry http://r"])
        #expect(Lease.parse(lease.canonicalBytes, id: "ab") == lease)
    }
}

/// A clock that does not wait, and notes for how long it was asked to.
final class SleepsNoted: TimeSource {
    private let hand: HandTime
    private let sleeps = NIOLockedValueBox<[Duration]>([])
    init(_ hand: HandTime) { self.hand = hand }
    var longest: Duration { sleeps.withLockedValue { $0.max() ?? .zero } }
    func now() -> Timestamp { hand.now() }
    func uptime() -> Duration { hand.uptime() }
    func sleep(for duration: Duration) async throws {
        sleeps.withLockedValue { $0.append(duration) }
        // Whoever only waits for his next renewal goes on waiting.
        if duration == Lease.turn / 3 || duration == .seconds(1) { try await hand.sleep(for: duration) }
    }
}

/// A clock that goes on by as much as anybody sleeps.
final class PassingTime: TimeSource {
    private let hand: HandTime
    init(_ hand: HandTime) { self.hand = hand }
    func now() -> Timestamp { hand.now() }
    func uptime() -> Duration { hand.uptime() }
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        await Task.yield()
        hand.advance(by: duration)
    }
}
