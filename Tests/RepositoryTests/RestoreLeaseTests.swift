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
        let error = await repositoryError {
            try await repository.withRestore(onto: ["cluster a"], holder: "long") { lease in
                try await lease.whileHeld {
                    while bench.time.now() < began.advanced(by: Lease.turn * 5) { await Task.yield() }
                    try await lease.check()
                    for path in try bench.files(Layout.leases).keys { bench.memory.delete(path) }
                    while !Task.isCancelled { await Task.yield() }
                    throw CancellationError()
                }
            }
        }
        #expect(error?.code == .leaseLost && error?.message.contains("restore") == true)
        #expect(try bench.files(Layout.leases).isEmpty, "a lease that was taken away is not put again")
    }

    @Test func itRoundTripsWithItsTargets() throws {
        let moment = Timestamp(milliseconds: 1_795_000_000_000)
        let lease = Lease(
            id: "ab", sort: .restore, holder: "tidemark restore", since: moment, until: moment.advanced(by: Lease.turn),
            targets: ["cluster a", "registry http://r"])
        #expect(Lease.parse(lease.canonicalBytes, id: "ab") == lease)
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
