import Bytes
import Foundation
import Host
import Seams
import SnapshotModel
import Storage
import Testing

@testable import Repository

/// What a backup proves of what it reuses, and what a check says of what killed writers left.
@Suite struct ProofTests {
    @Test func aFlippedBitInAReusedPageIsHealedByTheNextBackup() async throws {
        let bench = try await Bench(tinyPagesSaltedWith: 3)
        let first = try await bench.snapshot(Bench.topics(60))
        let whole = try bench.files(Layout.objects)
        for path in whole.keys {
            var bytes = try bench.memory.get(path, range: nil)
            bytes[bytes.count / 2] ^= 0x04
            try bench.memory.put(bytes, at: path, mode: .overwrite)
            let counters = try await again(first, bench)
            #expect(counters.objectsHealed == 1 && counters.objectsWritten == 0, "\(path)")
            #expect(try bench.files(Layout.objects) == whole, "\(path) is what it was")
        }
        #expect(try await bench.repository.check(readData: true).findings.isEmpty)
    }

    @Test func anUnchangedBackupWritesNothing() async throws {
        let bench = try await Bench(tinyPagesSaltedWith: 3)
        let first = try await bench.snapshot(Bench.topics(60))
        let counters = try await again(first, bench)
        #expect(counters.objectsWritten == 0 && counters.objectsHealed == 0 && counters.objectsReused > 4)
    }

    private func again(_ first: SnapshotID, _ bench: Bench) async throws -> RepositoryWriter.Counters {
        let basis = try await bench.repository.manifest(first)
        return try await bench.repository.withWriter(holder: "a test", basis: [basis]) { writer in
            _ = try await writer.write(Bench.topics(60))
            return await writer.counters
        }
    }

    @Test func aLargeRepositoryIsProvedInTurnsEachObjectInJustOneOfThem() throws {
        let names = try (0..<2_000).map { number in try #require(ObjectName(bytes: SeededChance(seed: UInt64(number)).bytes(32))) }
        let turns = 7
        let total = ProofPortion.budget * turns
        for name in names {
            #expect((0..<turns).filter { ProofPortion(total: total, turn: $0).includes(name) }.count == 1)
            #expect(ProofPortion(total: ProofPortion.budget, turn: 5).includes(name), "few objects are proved each time")
        }
        for turn in 0..<turns {
            let portion = ProofPortion(total: total, turn: turn + 700)
            #expect((200...370).contains(names.filter { portion.includes($0) }.count), "about a seventh")
        }
    }

    @Test func whatAKilledWriterLeftAsideIsNotedAndHarmless() async throws {
        let folder = "/tmp/tidemark-leftover-\(HostChance().bytes(8).hex)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let storage = DirectoryStorage(root: folder, time: HostTime())
        let repository = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())
        _ = try await repository.withWriter(holder: "a test") { writer in try await writer.write(Bench.topics(5)) }
        let object = try #require(try storage.list(Layout.objects, after: nil, limit: 1).first)
        let aside = object.path.names.dropLast().map(\.description).joined(separator: "/") + "/.tidemark-aside-1-1"
        try storage.put([1, 2, 3], at: "runs/r/x.json", mode: .ifAbsent)
        try FileManager.default.copyItem(atPath: "\(folder)/runs/r/x.json", toPath: "\(folder)/\(aside)")
        let report = try await repository.check(readData: true)
        let finding = try #require(report.findings.first { $0.sort == "leftover" })
        #expect(finding.severity == .note && finding.path.description == aside && finding.message.contains("3 bytes"))
        #expect(report.isSound && report.findings(.warning).isEmpty)
    }
}
