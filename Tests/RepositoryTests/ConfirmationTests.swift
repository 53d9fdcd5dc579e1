import Bytes
import Cryptography
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

@Suite struct ConfirmationTests {
    private func published(_ bench: Bench) async throws -> (id: SnapshotID, manifest: Manifest) {
        try await bench.repository.withWriter(holder: "test") { writer in
            let manifest = bench.manifest(["topics": try await writer.write(Bench.topics(5))])
            return (try await writer.publish(manifest), manifest)
        }
    }

    private func confirm(
        _ bench: Bench, _ snapshot: (id: SnapshotID, manifest: Manifest), by writer: ConfirmationWriter = .backup
    ) async throws -> SnapshotConfirmation? {
        try await bench.repository.withWriter(holder: "test") { [now = bench.time.now()] in
            try await $0.confirm(snapshot.id, snapshot.manifest, at: now, by: writer)
        }
    }

    @Test func itHoldsTheFirstAndTheLastMomentAndTheLongestPauseBetweenProofs() async throws {
        let bench = try await Bench()
        let snapshot = try await published(bench)
        let taken = snapshot.manifest.started
        for pause in [30, 30, 75, 30] {
            bench.time.advance(by: .seconds(pause))
            _ = try await confirm(bench, snapshot)
        }
        let found = try #require(try await bench.repository.confirmations().bySnapshot[snapshot.id]?.first)
        #expect(found.first == taken.advanced(by: .seconds(30)) && found.last == taken.advanced(by: .seconds(165)))
        #expect(found.count == 4 && found.longestPause == .seconds(75) && found.clockSteps == 0)
        #expect(try bench.files(Layout.confirmations).count == 1, "one file, overwritten")
        #expect(try await bench.repository.snapshots().count == 1)
        #expect(try bench.files(Layout.leases).isEmpty)
    }

    @Test func theTimeFromTheSnapshotToItsFirstConfirmationIsAPauseToo() async throws {
        let bench = try await Bench()
        let snapshot = try await published(bench)
        bench.time.advance(by: .seconds(500))
        #expect(try await confirm(bench, snapshot)?.longestPause == .seconds(500))
    }

    @Test func aClockThatWentBackTakesTheMomentsBackAndIsCounted() async throws {
        let bench = try await Bench()
        let snapshot = try await published(bench)
        bench.time.advance(by: .seconds(60))
        let before = try #require(try await confirm(bench, snapshot))
        bench.time.advance(by: .seconds(-50))
        let after = try #require(try await confirm(bench, snapshot))
        #expect(after.first == bench.time.now() && after.last == bench.time.now() && after.count == 2 && after.clockSteps == 1)
        #expect(after.longestPause == before.longestPause)
        bench.time.advance(by: .seconds(10))
        let next = try #require(try await confirm(bench, snapshot))
        #expect(next.first == after.first && next.last == bench.time.now() && next.clockSteps == 1)
    }

    @Test func aSnapshotOfTheFutureIsConfirmedByTheMomentThatItIs() async throws {
        let bench = try await Bench()
        bench.time.advance(by: .seconds(86_400))
        let snapshot = try await published(bench)
        bench.time.advance(by: .seconds(-86_400))
        let confirmation = try #require(try await confirm(bench, snapshot))
        #expect(confirmation.first == bench.time.now() && confirmation.last == bench.time.now() && confirmation.clockSteps == 1)
        #expect(try await bench.repository.confirmations().confirmedUntil(snapshot.id) == bench.time.now())
    }

    @Test func untilAMomentThatIsYetToComeNothingIsConfirmed() async throws {
        let bench = try await Bench()
        let snapshot = try await published(bench)
        bench.time.advance(by: .seconds(30))
        let first = try #require(try await confirm(bench, snapshot)?.first)
        bench.time.advance(by: .seconds(86_400))
        _ = try await confirm(bench, snapshot)
        bench.time.advance(by: .seconds(-86_000))
        #expect(try await bench.repository.confirmations().confirmedUntil(snapshot.id) == first, "the newest that is not")
        bench.time.advance(by: .seconds(-500))
        #expect(try await bench.repository.confirmations().confirmedUntil(snapshot.id) == nil)
        // Clocks of two machines may differ a little: it is shown as just now.
        bench.time.advance(by: .seconds(86_490))
        #expect(try await bench.repository.confirmations().confirmedUntil(snapshot.id) == bench.time.now())
    }

    @Test func countsBeyondAllReasonAreNotReadAndNotReached() async throws {
        let bench = try await Bench()
        let snapshot = try await published(bench)
        let record = try #require(try await confirm(bench, snapshot))
        let (path, bytes) = try #require(try bench.files(Layout.confirmations).first)
        func forged(_ member: String, _ number: String) throws -> [UInt8] {
            var members = try #require(try JSON.parse(bytes).object)
            members["sha256"] = nil
            members[ByteString(member)] = .integer(try #require(Int64(number)))
            members["sha256"] = .text(HashFunction.sha256.digest(JSON.object(members).canonicalBytes).hex)
            return JSON.object(members).canonicalBytes + [0x0a]
        }
        for member in ["count", "clockSteps", "longestPause"] {
            #expect(SnapshotConfirmation.parse(try forged(member, "7")) != nil, "\(member)")
            #expect(SnapshotConfirmation.parse(try forged(member, "9223372036854775807")) == nil, "\(member)")
            try bench.memory.put(try forged(member, "9223372036854775807"), at: path, mode: .overwrite)
            #expect(try await confirm(bench, snapshot)?.count == record.count, "begun anew")
            // The greatest that is read stays.
            try bench.memory.put(try forged(member, "9007199254740991"), at: path, mode: .overwrite)
            bench.time.advance(by: .seconds(-1))
            let most = try #require(try await confirm(bench, snapshot))
            #expect([most.count, most.clockSteps, Int(most.longestPause / .milliseconds(1))].contains(9_007_199_254_740_991))
            bench.time.advance(by: .seconds(1))
        }
    }

    @Test func eachWriterHasARecordAndTheLatestCounts() async throws {
        let bench = try await Bench()
        let snapshot = try await published(bench)
        _ = try await confirm(bench, snapshot, by: try #require(ConfirmationWriter("agent-1")))
        bench.time.advance(by: .seconds(30))
        _ = try await confirm(bench, snapshot, by: try #require(ConfirmationWriter("agent-2")))
        let all = try await bench.repository.confirmations()
        #expect(all.bySnapshot[snapshot.id]?.map(\.writer.name).sorted() == ["agent-1", "agent-2"])
        #expect(all.confirmedUntil(snapshot.id) == bench.time.now())
    }

    @Test func aForgottenSnapshotIsNotConfirmed() async throws {
        let bench = try await Bench()
        let snapshot = try await published(bench)
        bench.memory.delete(Layout.snapshot(snapshot.id, finished: snapshot.manifest.finished))
        #expect(try await confirm(bench, snapshot) == nil)
        #expect(try bench.files(Layout.confirmations).isEmpty, "no record is left of it")
    }

    @Test func nothingIsConfirmedWithoutALease() async throws {
        let bench = try await Bench()
        let snapshot = try await published(bench)
        let error = await repositoryError {
            try await bench.repository.withWriter(holder: "slow") { writer in
                bench.time.advance(by: Lease.length)
                _ = try await writer.confirm(snapshot.id, snapshot.manifest, at: bench.time.now(), by: .backup)
            }
        }
        #expect(error?.code == .leaseLost)
        #expect(try bench.files(Layout.confirmations).isEmpty)
    }

    @Test func everyFlippedBitIsSeenByACheckAndConfirmsNothing() async throws {
        let bench = try await Bench()
        let snapshot = try await published(bench)
        _ = try await confirm(bench, snapshot)
        #expect(try await bench.repository.check(readData: true).findings.isEmpty)
        let path = Layout.confirmation(of: snapshot.id, by: .backup)
        let bytes = try bench.memory.get(path, range: nil)
        for place in bytes.indices {
            var altered = bytes
            altered[place] ^= 1
            try bench.memory.put(altered, at: path, mode: .overwrite)
            let found = try await bench.repository.confirmations()
            #expect(found.bySnapshot.isEmpty && found.unreadable == [path], "byte \(place)")
        }
        let report = try await bench.repository.check(readData: false)
        #expect(report.isSound && report.findings(.warning).map(\.path) == [path])
        // The next proof begins a new record.
        #expect(try await confirm(bench, snapshot)?.count == 1)
        #expect(try await bench.repository.check(readData: false).findings.isEmpty)
    }

    @Test func aConfirmationWithoutItsSnapshotIsANote() async throws {
        let bench = try await Bench()
        let snapshot = try await published(bench)
        _ = try await confirm(bench, snapshot)
        let other = try #require(SnapshotID(bytes: [UInt8](repeating: 7, count: 32)))
        let stray = SnapshotConfirmation(of: other, taken: bench.time.now(), at: bench.time.now(), by: .backup)
        try bench.memory.put(stray.canonicalBytes, at: Layout.confirmation(of: other, by: .backup), mode: .ifAbsent)
        let report = try await bench.repository.check(readData: false)
        #expect(report.findings.map(\.severity) == [.note] && report.isSound)
        #expect(try await bench.repository.strayConfirmations(present: [snapshot.id]).count == 1)
    }

    @Test(arguments: ["", "a/b", "é", "..\u{0}", String(repeating: "x", count: 65)])
    func aWriterIsAPlainName(_ name: String) { #expect(ConfirmationWriter(name) == nil) }
}
