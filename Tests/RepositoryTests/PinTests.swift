import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

@Suite struct PinTests {
    @Test func aPinHoldsUntilItIsTakenAwayOrOver() async throws {
        let bench = try await Bench()
        let (first, second) = (try await bench.snapshot(Bench.topics(5)), try await bench.snapshot(Bench.topics(6)))
        let pin = try await bench.repository.pin(first, for: .seconds(3_600), reason: "before the \"move\"\n", holder: "a test")
        try await bench.repository.pin(second, holder: "a test")
        #expect(pin.since == bench.time.now() && pin.until == bench.time.now().advanced(by: .seconds(3_600)))
        #expect(try await bench.repository.pins() == [first: pin, second: Pin(snapshot: second, since: bench.time.now())])
        bench.time.advance(by: .seconds(3_599))
        #expect(pin.holds(at: bench.time.now()))
        bench.time.advance(by: .seconds(1))
        #expect(!pin.holds(at: bench.time.now()), "over")
        #expect(try await bench.repository.unpin(second, holder: "a test"))
        #expect(try await !bench.repository.unpin(second, holder: "a test"), "it was not pinned any more")
        #expect(try await bench.repository.pins().keys.sorted() == [first], "also those that are over are listed")
        #expect(try bench.files(Layout.leases).isEmpty)
    }

    @Test func pinningAnewTakesTheEarlierPinsPlace() async throws {
        let bench = try await Bench()
        let id = try await bench.snapshot(Bench.topics(5))
        try await bench.repository.pin(id, for: .seconds(10), reason: "one", holder: "a test")
        try await bench.repository.pin(id, reason: "two", holder: "a test")
        #expect(try await bench.repository.pins()[id]?.until == nil)
        #expect(try await bench.repository.pins()[id]?.reason == "two")
    }

    @Test func onlyASnapshotThatIsThereIsPinned() async throws {
        let bench = try await Bench()
        let id = try await bench.snapshot(Bench.topics(5))
        let entry = try #require(try await bench.repository.snapshots().first)
        bench.memory.delete(entry.path)
        #expect(await repositoryError { _ = try await bench.repository.pin(id, holder: "a test") }?.code == .noSuchSnapshot)
        #expect(try bench.files(Layout.pins).isEmpty && bench.files(Layout.leases).isEmpty)
    }

    @Test func nobodyPinsWhileSomebodyForgetsNorTheOtherWayRound() async throws {
        let bench = try await Bench()
        let id = try await bench.snapshot(Bench.topics(5))
        try await bench.repository.pin(id, holder: "before")
        try await bench.repository.withForgetter(holder: "forget on a host") { _ in
            let error = await repositoryError { _ = try await bench.repository.pin(id, holder: "late") }
            #expect(error?.code == .locked && error?.message.contains("forget on a host") == true)
            #expect(await repositoryError { _ = try await bench.repository.unpin(id, holder: "late") }?.code == .locked)
        }
        try await bench.repository.pin(id, holder: "in time")
    }

    @Test(arguments: ["", "{}", "[1]", "{\"until\":\"yesterday\"}", "\u{0}garbage"])
    func aPinThatCannotBeReadHoldsForEver(_ text: String) async throws {
        let bench = try await Bench()
        let id = try await bench.snapshot(Bench.topics(5))
        try bench.memory.put(Array(text.utf8), at: Layout.pin(of: id), mode: .overwrite)
        let pin = try #require(try await bench.repository.pins()[id])
        #expect(pin.holds(at: bench.time.now().advanced(by: .seconds(1 << 40))) && pin.since == bench.time.now())
    }

    @Test func whatIsNoPinIsPassedOverAndAPruneTakesThoseOfSnapshotsThatAreGone() async throws {
        let bench = try await Bench()
        let (first, second) = (try await bench.snapshot(Bench.topics(5)), try await bench.snapshot(Bench.topics(6)))
        try await bench.repository.pin(first, holder: "a test")
        try await bench.repository.pin(second, holder: "a test")
        try bench.memory.put([1], at: "pins/notes.txt", mode: .ifAbsent)
        let entry = try #require(try await bench.repository.snapshots().first { $0.id == first })
        bench.memory.delete(entry.path)
        let report = try await Prune(repository: bench.repository, holder: "a test").run()
        #expect(report.recordsFreed == 1)
        #expect(try await bench.repository.pins().keys.sorted() == [second])
        #expect(try bench.files(Layout.pins).keys.map(\.description).sorted() == ["pins/\(second).json", "pins/notes.txt"].sorted())
    }
}
