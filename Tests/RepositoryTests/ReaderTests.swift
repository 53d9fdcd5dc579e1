import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

/// What is being restored is not forgotten meanwhile.
@Suite struct ReaderTests {
    @Test func aReadersSnapshotIsKnownWhileItReadsAndNotAfter() async throws {
        let bench = try await Bench()
        let (first, second) = (try await bench.snapshot(Bench.topics(5)), try await bench.snapshot(Bench.topics(6)))
        try await bench.repository.withReader(of: first, holder: "a restore") {
            try await bench.repository.withReader(of: first, holder: "another") {
                let read = try await bench.repository.snapshotsBeingRead()
                #expect(read == [first])
            }
            #expect(try await bench.repository.snapshotsBeingRead() == [first], "two readers have a record each")
            try await bench.repository.withReader(of: second, holder: "a plan") {
                let read = try await bench.repository.snapshotsBeingRead()
                #expect(read == [first, second])
            }
        }
        #expect(try await bench.repository.snapshotsBeingRead().isEmpty)
        struct Stop: Error {}
        await #expect(throws: Stop.self) { try await bench.repository.withReader(of: first, holder: "a restore") { throw Stop() } }
        #expect(try bench.files(Layout.readers).isEmpty)
    }

    @Test func aKilledReadersRecordEndsByItselfAndAPruneClearsItAway() async throws {
        let bench = try await Bench()
        let id = try await bench.snapshot(Bench.topics(5))
        let record =
            #"{"holder":"killed","snapshot":"\#(id)","since":"\#(bench.time.now())","until":"\#(bench.time.now().advanced(by: .seconds(600)))"}"#
        try bench.memory.put(Array(record.utf8), at: Layout.reader(of: id, "00"), mode: .ifAbsent)
        try bench.memory.put(Array("garbage".utf8), at: Layout.reader(of: id, "01"), mode: .ifAbsent)
        bench.time.advance(by: .seconds(629))
        #expect(try await bench.repository.snapshotsBeingRead() == [id], "one that cannot be read counts as long as one that can")
        bench.time.advance(by: .seconds(1))
        #expect(try await bench.repository.snapshotsBeingRead().isEmpty)
        #expect(try await Prune(repository: bench.repository, holder: "a test").run().recordsFreed == 2)
        #expect(try bench.files(Layout.readers).isEmpty)
    }

    @Test func whoeverComesWhileSomebodyForgetsWaitsAndIsToldIfItIsGone() async throws {
        let bench = try await Bench()
        let (first, second) = (try await bench.snapshot(Bench.topics(5)), try await bench.snapshot(Bench.topics(6)))
        let time = bench.time
        // The forgetter was at it before the reader came: it ends while the reader waits.
        let lease = try await bench.repository.takeLease(.forgetter, holder: "forget")
        let entry = try #require(try await bench.repository.snapshots().first { $0.id == first })
        let waiting = WaitingTime(hand: time) {
            bench.memory.delete(entry.path)
            bench.memory.delete(Layout.lease(lease.lease.id))
        }
        let reader = try await Repository.open(bench.memory, time: waiting, chance: SeededChance(seed: 5))
        let error = await repositoryError {
            try await reader.withReader(of: first, holder: "a restore") { _ = Issue.record("it read") }
        }
        #expect(error?.code == .noSuchSnapshot)
        #expect(try bench.files(Layout.readers).isEmpty)
        try await reader.withReader(of: second, holder: "a restore") {}
    }

    @Test(arguments: [StorageError.Code.notWritable, .notOurs, .full])
    func aStoreThatCannotBeWrittenIsReadAllTheSame(_ code: StorageError.Code) async throws {
        let bench = try await Bench()
        let id = try await bench.snapshot(Bench.topics(5))
        let frozen = FaultyStorage(bench.memory) { verb, path in
            verb == .put ? .refuse(StorageError(code: code, path: "\(path ?? "store")", message: "read-only", hint: "none.")) : nil
        }
        let reader = try await Repository.open(frozen, time: bench.time, chance: SeededChance(seed: 5))
        #expect(try await reader.withReader(of: id, holder: "a plan") { 7 } == 7)
    }
}

/// Whoever sleeps for a moment lets something happen first; long sleeps last until they are cancelled.
private struct WaitingTime: TimeSource {
    let hand: HandTime
    let meanwhile: @Sendable () -> Void

    func now() -> Timestamp { hand.now() }
    func uptime() -> Duration { hand.uptime() }
    func sleep(for duration: Duration) async throws {
        if duration > .seconds(10) { return try await hand.sleep(for: duration) }
        meanwhile()
    }
}
