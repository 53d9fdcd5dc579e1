import Bytes
import Foundation
import Host
import Seams
import SnapshotModel
import Storage
import Subprocess
import Testing

@testable import Repository

@Suite struct KilledWriterTests {
    /// The writer is a process of its own, built beside this one.
    private var writer: String {
        get throws {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(filePath: own).deletingLastPathComponent().appending(path: "killed-writer").path()
        }
    }

    @Test func whatAKilledWriterPublishedIsWholeAndTheNextOneGoesOn() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tidemark-killed-\(HostChance().bytes(8).hex)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let storage = DirectoryStorage(root: folder.appending(path: "repository").path(), time: HostTime())
        let repository = try await Repository.initialize(storage, time: HostTime(), chance: HostChance())

        var published: Set<SnapshotID> = []
        for round in 0..<5 {
            // Somewhere after the first snapshot: in the midst of a page, a manifest, a lease.
            let delay = HostChance().number(in: 0...60)
            let result = try await Subprocess.run(
                .name("env"), arguments: [try writer, storage.root, "\(round)"], input: .none, output: .sequence, error: .discarded
            ) { execution in
                var said: [String] = []
                for try await line in execution.standardOutput.strings() {
                    said.append(line)
                    if said.count == 1 {
                        try await HostTime().sleep(for: .milliseconds(delay))
                        try execution.send(signal: .kill)
                    }
                }
                return said
            }
            let said = result.closureResult.compactMap { SnapshotID(hex: $0.prefix { $0 != "\n" }) }
            #expect(!said.isEmpty, "round \(round): the writer published nothing")
            published.formUnion(said)

            let report = try await repository.check(readData: true)
            #expect(report.isSound && report.damaged.isEmpty, "round \(round), killed after \(delay) ms: \(report.findings(.error))")
            #expect(published.isSubset(of: report.whole), "round \(round): a published snapshot is gone")
        }
        #expect(published.count >= 5)
    }
}
