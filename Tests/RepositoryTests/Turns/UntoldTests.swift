import Host
import NIOConcurrencyHelpers
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

/// Notes of what is to be told: renewed by who tells, taken on by one other where nobody does any more.
@Suite struct UntoldTests {
    private static let notice = JSON.object(["title": "backup of shop failed", "moment": "2026-11-24T00:00:00.000Z"])

    /// The store's clock goes when the test says.
    private func withTurns(_ body: (Turns, StoppedTime) async throws -> Void) async throws {
        let time = StoppedTime()
        let repository = try await Repository.initialize(MemoryStorage(time: time), time: time, chance: HostChance())
        try await body(try #require(repository.turns(of: "shop")), time)
    }

    @Test func aNoteStandsUntilItIsToldAndSaysWhoIsAtIt() async throws {
        try await withTurns { turns, time in
            let note = try await turns.note(Self.notice, for: "pager", by: "one")
            #expect(try await turns.untold() == [note])
            #expect(note.notice == Self.notice && note.holder == "one" && note.receiver == "pager")
            #expect(!note.isOver(at: time.now()))
            time.pass(.seconds(59))
            try await turns.renew(note)
            time.pass(.seconds(59))
            #expect(try await turns.untold().allSatisfy { !$0.isOver(at: time.now()) })
            time.pass(.seconds(1))
            #expect(try await turns.untold().allSatisfy { $0.isOver(at: time.now()) })
            try await turns.told(note)
            #expect(try await turns.untold().isEmpty)
        }
    }

    @Test func aNoteOfAClockThatWasAheadIsOver() async throws {
        try await withTurns { turns, time in
            let note = try await turns.note(Self.notice, for: "pager", by: "one")
            time.pass(.seconds(-3_600))
            #expect(note.isOver(at: time.now()))
        }
    }

    @Test func aNoteThatNobodyCouldTellForADayIsAbandoned() async throws {
        try await withTurns { turns, time in
            let note = try await turns.note(Self.notice, for: "pager", by: "one")
            time.pass(.seconds(86_000))
            #expect(note.isOver(at: time.now()) && !note.isAbandoned(at: time.now()))
            time.pass(.seconds(600))
            #expect(note.isAbandoned(at: time.now()))
        }
    }

    @Test func oneOfManyTakesItOn() async throws {
        try await withTurns { turns, time in
            let note = try await turns.note(Self.notice, for: "pager", by: "killed")
            time.pass(.seconds(60))
            let taken = try await withThrowingTaskGroup(of: Untold?.self) { group in
                for number in 0..<8 { group.addTask { try await turns.takeOn(note, by: "agent \(number)") } }
                return try await group.reduce(into: [Untold]()) { taken, one in if let one { taken.append(one) } }
            }
            #expect(taken.count == 1 && taken[0].notice == Self.notice && taken[0].receiver == "pager")
            #expect(try await turns.untold() == taken, "the old note is gone")
            // All is told; somebody still has the old note in mind.
            try await turns.told(taken[0])
            #expect(try await turns.takeOn(note, by: "late") == nil)
            #expect(try await turns.untold().isEmpty)
        }
    }

    @Test func whoTakesOnMayBeKilledToo() async throws {
        try await withTurns { turns, time in
            var note = try await turns.note(Self.notice, for: "pager", by: "first")
            for number in 0..<5 {
                time.pass(.seconds(60))
                note = try #require(try await turns.takeOn(note, by: "agent \(number)"))
            }
            #expect(try await turns.untold() == [note])
        }
    }

    @Test func whatIsNoNoteIsLeftAlone() async throws {
        try await withTurns { turns, _ in
            try await turns.storage.put(Array("{}".utf8), at: "turns/shop/untold/odd.json", mode: .ifAbsent)
            #expect(try await turns.untold().isEmpty)
        }
    }
}

/// A clock that goes when the test says.
private final class StoppedTime: TimeSource {
    private let passed = NIOLockedValueBox(Duration.seconds(1_000_000))

    func pass(_ duration: Duration) { passed.withLockedValue { $0 += duration } }
    func now() -> Timestamp { Timestamp(milliseconds: 1_795_000_000_000).advanced(by: uptime()) }
    func uptime() -> Duration { passed.withLockedValue { $0 } }
    func sleep(for duration: Duration) async throws { try await HostTime().sleep(for: duration) }
}
