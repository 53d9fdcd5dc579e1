import NIOConcurrencyHelpers
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

/// What a process reads of snapshots once, and what it reads again.
@Suite struct SnapshotMemoryTests {
    private struct Counted {
        let bench: Bench
        let memory = RepositoryMemory()
        private let reads = NIOLockedValueBox<[StoragePath]>([])

        init() async throws { bench = try await Bench() }

        /// As an agent opens it for each run.
        func open() async throws -> Repository {
            let counting = FaultyStorage(bench.memory) { [reads] verb, path in
                if verb == .get, let path { reads.withLockedValue { $0.append(path) } }
                return nil
            }
            return try await Repository.open(counting, time: bench.time, chance: SeededChance(seed: 2), memory: memory)
        }

        /// How many manifests were read since it was asked last.
        func manifests() -> Int {
            reads.withLockedValue { paths in
                defer { paths = [] }
                return paths.count { $0.names.first == Layout.snapshots.names.first }
            }
        }

        func snapshots(_ count: Int) async throws -> [SnapshotID] {
            var ids: [SnapshotID] = []
            for number in 0..<count {
                bench.time.advance(by: .seconds(1))
                ids.append(try await bench.snapshot(Bench.topics(number % 3 + 1), parent: ids.last))
            }
            return ids
        }
    }

    @Test func eachManifestIsReadOnceAndTheOrderIsThatOfTheWholeList() async throws {
        let counted = try await Counted()
        let ids = try await counted.snapshots(40)
        #expect(try await counted.open().outlines().map(\.id) == ids.reversed())
        #expect(counted.manifests() == 40)
        let more = try await counted.snapshots(1)
        let outlines = try await counted.open().outlines()
        #expect(outlines.map(\.id) == more + ids.reversed() && counted.manifests() == 1)
        let entries = try await counted.open().snapshots()
        #expect(entries.map(\.id) == outlines.map(\.id))
        #expect(counted.manifests() == 41, "whoever checks, forgets or prunes reads what is there")
        for (entry, outline) in zip(entries, outlines) {
            let manifest = try #require(entry.intact)
            let brief = try #require(outline.intact)
            #expect(brief == SnapshotBrief(entry.id, entry.path, manifest) && brief.desired["topics"]?.isComplete == true)
        }
        // A restart knows nothing.
        _ = try await Repository.open(counted.bench.memory, time: counted.bench.time, chance: SeededChance(seed: 2)).outlines()
    }

    @Test func whatIsGoneIsForgottenAndWhatWasReplacedIsReadAgain() async throws {
        let counted = try await Counted()
        let ids = try await counted.snapshots(5)
        let entries = try await counted.open().snapshots()
        _ = try await counted.open().outlines()
        counted.bench.memory.delete(entries[4].path)
        _ = counted.manifests()
        #expect(try await counted.open().outlines().map(\.id) == ids.dropFirst().reversed() && counted.manifests() == 0)
        // Of another length; and of the same length at another moment.
        let whole = try counted.bench.memory.get(entries[1].path, range: nil)
        for bytes in [Array("{}".utf8), [UInt8](repeating: 0x20, count: whole.count)] {
            counted.bench.time.advance(by: .seconds(1))
            try counted.bench.memory.put(bytes, at: entries[1].path, mode: .overwrite)
            let outlines = try await counted.open().outlines()
            #expect(outlines.first { $0.id == ids[3] }?.problem?.code == .damaged && counted.manifests() == 1)
        }
        counted.bench.time.advance(by: .seconds(1))
        try counted.bench.memory.put(whole, at: entries[1].path, mode: .overwrite)
        #expect(try await counted.open().outlines().allSatisfy { $0.intact != nil })
    }

    /// A disk that rots says so by nothing that a listing tells: what is relied upon is read again.
    @Test func whatIsReliedUponIsReadAgain() async throws {
        let counted = try await Counted()
        let ids = try await counted.snapshots(3)
        let brief = try #require(try await counted.open().outlines().first?.intact)
        #expect(try await counted.open().manifest(of: brief).finished == brief.finished)
        let bytes = try counted.bench.memory.get(brief.path, range: nil)
        // At the same moment and of the same length.
        try counted.bench.memory.put(bytes.map { $0 ^ 1 }, at: brief.path, mode: .overwrite)
        #expect(try await counted.open().outlines().first?.intact == brief, "not seen")
        #expect(await repositoryError { _ = try await counted.open().manifest(of: brief) }?.code == .damaged)
        #expect(try await counted.open().outlines().first { $0.id == ids[2] }?.problem?.code == .damaged, "and from then on it is known")
    }
}
