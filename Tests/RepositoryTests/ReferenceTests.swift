import Bytes
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

@Suite struct ReferenceTests {
    @Test func latestFollowsParentsThenTime() async throws {
        let bench = try await Bench()
        let first = try await bench.snapshot(Bench.topics(1))
        bench.time.advance(by: .seconds(60))
        let second = try await bench.snapshot(Bench.topics(2), parent: first)
        // The clock goes backwards.
        bench.time.advance(by: .seconds(-3_600))
        let third = try await bench.snapshot(Bench.topics(3), parent: second)
        #expect(try await bench.repository.snapshots().map(\.id) == [third, second, first])
        #expect(try await bench.repository.resolve("latest") == third)
        #expect(try await bench.repository.resolve("latest~1") == second)
        #expect(try await bench.repository.resolve("latest~2") == first)
        #expect(await repositoryError { _ = try await bench.repository.resolve("latest~3") }?.code == .noSuchSnapshot)
        let report = try await bench.repository.check(readData: true)
        #expect(report.findings.map(\.sort) == ["clock"] && report.isSound)
    }

    @Test func theNewestOfAClusterIsFoundAlsoUnderItsFormerID() async throws {
        let bench = try await Bench()
        let old = try await bench.snapshot(Bench.topics(1), cluster: "a")
        bench.time.advance(by: .seconds(60))
        _ = try await bench.snapshot(Bench.topics(1), cluster: "b")
        #expect(try await bench.repository.newest(of: "a")?.id == old)
        #expect(try await bench.repository.newest(of: "c") == nil)
        bench.time.advance(by: .seconds(60))
        let heir = try await bench.repository.withWriter(holder: "a test") { writer in
            var manifest = bench.manifest([:], parent: old, cluster: "c")
            manifest.lineage.formerClusterIDs = ["a"]
            return try await writer.publish(manifest)
        }
        #expect(try await bench.repository.newest(of: "a")?.id == heir)
    }

    @Test func momentsAndDigitsNameASnapshot() async throws {
        let bench = try await Bench()
        let first = try await bench.snapshot(Bench.topics(1))
        let at = bench.time.now()
        bench.time.advance(by: .seconds(3_600))
        let second = try await bench.snapshot(Bench.topics(2), parent: first)
        #expect(try await bench.repository.resolve("@\(at)") == first)
        #expect(try await bench.repository.resolve("@\(at.advanced(by: .seconds(3_599)))") == first)
        #expect(try await bench.repository.resolve("@2099-01-01") == second)
        #expect(try await bench.repository.resolve(first.description) == first)
        #expect(try await bench.repository.resolve(first.short.uppercased()) == first)
        for reference in [
            "", "abc", "latest~", "latest~-1", "latest~x", "latestx", "latest:", "latest:anything", "latest:any~", "@", "@yesterday",
            "@1999-01-01", "LATEST", "0000\u{1b}", "ffffffffffffff",
        ] {
            let error = await repositoryError { _ = try await bench.repository.resolve(reference) }
            #expect(error?.code == .noSuchSnapshot && error?.hint.isEmpty == false, "\(reference)")
            #expect(error?.message.contains("\u{1b}") == false)
        }
    }

    @Test func digitsThatBeginTwoIDsAreAmbiguous() throws {
        func entry(_ last: UInt8) -> SnapshotEntry {
            let id = SnapshotID(bytes: [0xab, 0xcd] + [UInt8](repeating: last, count: 30))!
            let damage = Damage(.altered, "snapshots/x", "for the test")
            return SnapshotEntry(id: id, finished: Timestamp(milliseconds: 0), path: "snapshots/x", manifest: .failure(damage.error))
        }
        let entries = [entry(1), entry(2)]
        let error = #expect(throws: RepositoryError.self) { try SnapshotReference("abcd").resolve(among: entries, in: "here") }
        #expect(error?.code == .ambiguous && error?.message.contains("abcd0202") == true)
        #expect(try SnapshotReference("abcd01").resolve(among: entries, in: "here").id == entries[0].id)
    }

    @Test func pathsOfSnapshotsReadBack() {
        let id = SnapshotID(bytes: [UInt8](repeating: 7, count: 32))!
        for text in ["2026-11-23T19:56:28.123Z", "1969-12-31T23:59:59.999Z", "2024-02-29T00:00:00Z"] {
            let moment = Timestamp(text)!
            let path = Layout.snapshot(id, finished: moment)
            #expect(Layout.snapshot(at: path)?.id == id && Layout.snapshot(at: path)?.finished == moment)
        }
        #expect(
            Layout.snapshot(id, finished: Timestamp("2026-11-23T19:56:28.123Z")!).description.hasPrefix(
                "snapshots/2026/11/23/20261123T195628123Z-0707"))
    }
}
