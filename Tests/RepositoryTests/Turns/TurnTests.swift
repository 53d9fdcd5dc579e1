import NIOConcurrencyHelpers
import Seams
import Storage
import Testing

@testable import Repository

/// Turns of agents: one works at a time, nobody waits for ever, and each thing is told by one.
@Suite struct TurnTests {
    func turns(_ bench: Bench) throws -> Turns { try #require(bench.repository.turns(of: "production")) }

    @Test("while one works another sees who it is, and afterwards nothing is left")
    func exclusion() async throws {
        let bench = try await Bench()
        let turns = try turns(bench)
        let inner = try await turns.withTurn(holder: "a", tookOver: { _ in }) {
            try await turns.withTurn(holder: "b", tookOver: { _ in }) { "both" }
        }
        guard case .done(.busy(let other)) = inner else {
            Issue.record("\(inner)")
            return
        }
        #expect(other.holder == "a")
        #expect(bench.memory.list("turns", after: nil, limit: 10).isEmpty)
        let next = try await turns.withTurn(holder: "b", tookOver: { _ in }) { "alone" }
        guard case .done("alone") = next else {
            Issue.record("\(next)")
            return
        }
    }

    @Test("clusters do not wait for each other")
    func clusters() async throws {
        let bench = try await Bench()
        let other = try #require(bench.repository.turns(of: "test"))
        let inner = try await turns(bench).withTurn(holder: "a", tookOver: { _ in }) {
            try await other.withTurn(holder: "a", tookOver: { _ in }) { "both" }
        }
        guard case .done(.done("both")) = inner else {
            Issue.record("\(inner)")
            return
        }
    }

    @Test("the turn of a killed agent is taken over once it is over, with a message, and not before")
    func takeover() async throws {
        let bench = try await Bench()
        let now = bench.time.now()
        let dead = Turn(id: String(repeating: "a", count: 32), holder: "dead", since: now, until: now.advanced(by: Turn.length))
        try bench.memory.put(dead.canonicalBytes, at: Layout.turns / "production" / "claims" / "\(dead.id).json", mode: .ifAbsent)
        guard case .busy(let holder) = try await turns(bench).withTurn(holder: "b", tookOver: { _ in }, { 1 }) else {
            Issue.record("taken while it held")
            return
        }
        #expect(holder == dead)
        bench.time.advance(by: Turn.length + Lease.skew)
        var taken: [Turn] = []
        guard case .done(1) = try await turns(bench).withTurn(holder: "b", tookOver: { taken.append($0) }, { 1 }) else {
            Issue.record("not taken over")
            return
        }
        #expect(taken == [dead])
        #expect(bench.memory.list("turns", after: nil, limit: 10).isEmpty)
    }

    @Test("a turn that ended before the store took up its renewal is lost, and not taken up again")
    func lateRenewal() async throws {
        let bench = try await Bench()
        let (time, renewals) = (bench.time, NIOLockedValueBox(0))
        let slow = FaultyStorage(bench.memory) { verb, path in
            if verb == .put, path?.isBelow(Layout.turns) == true {
                // The first one takes the turn, the next one renews it in time.
                if renewals.withLockedValue({
                    $0 += 1; return $0
                }) == 3 {
                    time.advance(by: Turn.length)
                }
            }
            return nil
        }
        let repository = try await Repository.open(slow, time: PassingTime(time), chance: SeededChance(seed: 7))
        let turns = try #require(repository.turns(of: "production"))
        let end = time.now().advanced(by: Turn.length * 10)
        let error = await repositoryError {
            _ = try await turns.withTurn(holder: "slow", tookOver: { _ in }) {
                while time.now() < end, !Task.isCancelled { await Task.yield() }
                try Task.checkCancellation()
            }
        }
        #expect(error?.code == .leaseLost)
        #expect(renewals.withLockedValue { $0 } == 3)
        #expect(time.now() < end)
        #expect(bench.memory.list("turns", after: nil, limit: 10).isEmpty)
    }

    @Test("what clocks say shortens the time that a turn is watched for, and never to less than its holder takes to renew it")
    func watching() {
        let now = Timestamp(milliseconds: 1_795_000_000_000)
        func isOver(until: Duration, unrenewed: Duration) -> Bool {
            Turn(id: "a", holder: "a", since: now, until: now.advanced(by: until)).isOver(at: now, unrenewed: unrenewed)
        }
        let (length, moment) = (Turn.length + Lease.skew, Duration.milliseconds(1))
        // As it was put, and as it is when it should have been renewed long ago.
        for until in [Turn.length, .zero, moment - Lease.skew, length] {
            #expect(!isOver(until: until, unrenewed: length - moment) && isOver(until: until, unrenewed: length), "\(until)")
        }
        // Over, or of the future.
        for until in [.zero - Lease.skew, .seconds(-86_400), length + moment, .seconds(86_400)] as [Duration] {
            #expect(!isOver(until: until, unrenewed: Turn.renewal - moment) && isOver(until: until, unrenewed: Turn.renewal), "\(until)")
        }
        #expect(Turn.renewal > Turn.length / 3)
    }

    @Test("a turn that is renewed by a clock that differs is somebody's who lives, and nobody waits until it ends")
    func strangeClock() async throws {
        let bench = try await Bench()
        let (time, id) = (bench.time, String(repeating: "c", count: 32))
        let path = Layout.turns / "production" / "claims" / "\(id).json"
        @Sendable func put() {
            let ahead = time.now().advanced(by: .seconds(86_400))
            let turn = Turn(id: id, holder: "ahead", since: ahead, until: ahead.advanced(by: Turn.length))
            try? bench.memory.put(turn.canonicalBytes, at: path, mode: .overwrite)
        }
        put()
        let living = FaultyStorage(bench.memory) { verb, asked in
            if verb == .get, asked == path { put() }
            return nil
        }
        let repository = try await Repository.open(living, time: PassingTime(time), chance: SeededChance(seed: 9))
        let began = time.now()
        let attempt = try await repository.turns(of: "production")?.withTurn(holder: "b", tookOver: { _ in }, { 1 })
        guard case .busy(let other) = attempt else {
            Issue.record("\(String(describing: attempt))")
            return
        }
        #expect(other.holder == "ahead" && time.now().since(began) <= Turn.renewal)
    }

    @Test("a turn that its holder does not renew bars nobody for long, whatever clocks say, and one that cannot be read as well")
    func clocks() async throws {
        for jump in [Duration.seconds(86_400), .seconds(-86_400), .zero] {
            let bench = try await Bench()
            let since = bench.time.now().advanced(by: jump)
            let turn = Turn(id: String(repeating: "b", count: 32), holder: "dead", since: since, until: since.advanced(by: Turn.length))
            try bench.memory.put(turn.canonicalBytes, at: Layout.turns / "production" / "claims" / "\(turn.id).json", mode: .ifAbsent)
            try bench.memory.put([1, 2, 3], at: "turns/production/claims/broken.json", mode: .ifAbsent)
            let repository = try await Repository.open(bench.memory, time: PassingTime(bench.time), chance: SeededChance(seed: 9))
            let turns = try #require(repository.turns(of: "production"))
            let began = bench.time.now()
            var taken: [String] = []
            for _ in 0..<100 {
                let attempt = try await turns.withTurn(holder: "b", tookOver: { taken.append($0.id) }, { bench.time.now() })
                if case .done = attempt { break }
                bench.time.advance(by: .seconds(1))
            }
            #expect(taken.sorted() == [turn.id, "broken"].sorted(), "\(jump)")
            #expect(bench.time.now().since(began) < .seconds(3_600), "\(jump)")
        }
    }

    @Test("a turn that cannot be given back after an error is given back all the same, and the error is told")
    func failing() async throws {
        struct Broken: Error {}
        let bench = try await Bench()
        await #expect(throws: Broken.self) {
            try await turns(bench).withTurn(holder: "a", tookOver: { _ in }) { throw Broken() }
        }
        #expect(bench.memory.list("turns", after: nil, limit: 10).isEmpty)
    }

    @Test("of many who would tell one does, until it is settled")
    func telling() async throws {
        let bench = try await Bench()
        let turns = try turns(bench)
        var first: [Bool] = []
        for name in ["a", "b", "c"] { first.append(try await turns.raise("failure", of: "backup", by: name)) }
        #expect(first == [true, false, false])
        #expect(try await turns.raise("failure", of: "check", by: "b"))
        try await turns.settle(try await turns.marks(of: "backup"))
        #expect(try await turns.marks(of: "backup") == [])
        #expect(try await turns.marks(of: "check").count == 1)
        #expect(try await turns.raise("failure", of: "backup", by: "c"))
    }

    @Test("troubles are told each for itself, and two clusters' each for its own; a mark says whose it is and when it was met last")
    func marks() async throws {
        let bench = try await Bench()
        let turns = try turns(bench)
        try await turns.note(JobRecord(began: bench.time.now(), isComplete: true, holder: "a"), of: "backup")
        _ = try await turns.note(.object([:]), for: "pager", by: "a")
        for id in [nil, "one", "an/other ü"] {
            #expect(try await turns.raise("failure-17", of: "backup", cluster: id, by: "a"))
            #expect(try await !turns.raise("failure-17", of: "backup", cluster: id, by: "b"))
        }
        #expect(try await turns.raise("failure-10", of: "backup", cluster: "one", by: "b"))
        let began = bench.time.now()
        var marks = try await turns.marks(of: "backup")
        #expect(
            Set(marks.map { "\($0.trouble) \($0.clusterID ?? "-") \($0.record.holder)" }) == [
                "failure-17 - a", "failure-17 one a", "failure-17 an/other ü a", "failure-10 one b",
            ])
        #expect(marks.allSatisfy { $0.record.began == began })
        bench.time.advance(by: .seconds(60))
        try await turns.renew(marks[0])
        try await turns.settle(Array(marks.dropFirst()))
        marks = try await turns.marks(of: "backup")
        #expect(marks.count == 1 && marks[0].record.began == began.advanced(by: .seconds(60)))
    }

    @Test("a mark of an earlier version, and one that cannot be read, stand there as any other")
    func earlierMarks() async throws {
        let bench = try await Bench()
        let turns = try turns(bench)
        let record = JobRecord(began: bench.time.now(), isComplete: false, holder: "old")
        try bench.memory.put(record.canonicalBytes, at: "turns/production/backup.failure.json", mode: .ifAbsent)
        try bench.memory.put([0xff], at: "turns/production/backup.missed.json", mode: .ifAbsent)
        let marks = try await turns.marks(of: "backup")
        #expect(marks.map(\.trouble) == ["failure", "missed"] && marks[0].record == record && marks[1].clusterID == nil)
        try await turns.settle(marks)
        #expect(bench.memory.list("turns", after: nil, limit: 10).isEmpty)
    }

    @Test("what ran last is known to everybody; what cannot be read is not known, and no damage of the repository")
    func record() async throws {
        let bench = try await Bench()
        let turns = try turns(bench)
        #expect(try await turns.record("backup") == nil)
        let record = JobRecord(began: bench.time.now(), isComplete: true, holder: "a")
        try await turns.note(record, of: "backup")
        #expect(try await turns.record("backup") == record)
        var full = record
        (full.occurrence, full.clusterID, full.selection) = (bench.time.now(), "abc", "only [] except []")
        full.addresses = ["kafka-1:9093", "kafka-2:9093"]
        try await turns.note(full, of: "backup")
        #expect(try await turns.record("backup") == full)
        try bench.memory.put([0xff], at: "turns/production/backup.last.json", mode: .overwrite)
        #expect(try await turns.record("backup") == nil)
        #expect(try await bench.repository.check(readData: true).findings == [])
    }

    @Test("names that would lead elsewhere are refused", arguments: ["", ".", "..", "a/b", "ü", String(repeating: "a", count: 101)])
    func names(name: String) async throws {
        #expect(try await Bench().repository.turns(of: name) == nil)
    }
}
