import Bytes
import ClusterFixture
import Foundation
import Host
import KafkaSimulator
import NIOConcurrencyHelpers
import Repository
import Seams
import SnapshotModel
import Storage
import Subprocess
import Testing

@testable import Commands

/// The real program on a real directory, killed with SIGKILL at random moments of its work on files, spread over the whole of each run.
///
/// A library that is preloaded counts these moments, before and after each call that makes, names, removes or synchronizes a file, and
/// kills the process at the one that chance picked. `TIDEMARK_KILLS` says how many times, `TIDEMARK_KILL_SEED` repeats the same moments.
@Suite struct KilledProgramTests {
    static let kills = ProcessInfo.processInfo.environment["TIDEMARK_KILLS"].flatMap { Int($0) } ?? 201
    static let seed =
        ProcessInfo.processInfo.environment["TIDEMARK_KILL_SEED"].flatMap { UInt64($0) }
        ?? HostChance().bytes(4).reduce(0) { $0 << 8 | UInt64($1) }

    enum Command: String, CaseIterable {
        case backup, forget, prune
    }

    /// A repository before the command, and what must be there after it.
    struct Scene {
        let directory: String
        let template: String
        let arguments: [String]
        /// Snapshots that must stay whole whenever the command is killed, and all that may be there.
        let kept: Set<SnapshotID>
        let before: Set<SnapshotID>

        func copy(to path: String) async throws {
            // Files are never changed in place, so links to them will do.
            let result = try await Subprocess.run(
                .name("cp"), arguments: ["-al", template, path], input: .none, output: .discarded, error: .string(limit: 4_096))
            guard result.terminationStatus == .exited(0) else { throw CopyFailed(why: result.standardError) }
        }
    }
    struct CopyFailed: Error { let why: String }

    /// The kernel loads it into the program before the C library.
    private static let library = URL(fileURLWithPath: Binary.path).deletingLastPathComponent().appendingPathComponent("libKillPoint.so")
        .path

    @Test(arguments: Command.allCases)
    func everySnapshotIsWholeAndTheNextRunHeals(_ command: Command) async throws {
        let kills = Self.kills / Command.allCases.count
        let seed = Self.seed &+ UInt64(Command.allCases.firstIndex(of: command) ?? 0)
        try await withScene(of: command) { scene in
            let total = try await self.moments(of: scene)
            #expect(total > 20, "so many moments are there to be killed at")
            let chance = SeededChance(seed: seed)
            // One from each part of the run, so that all of it is tried.
            let points = (0..<kills).map { 1 + (total * $0 + chance.number(in: 0...(total - 1))) / kills }
            let killed = NIOLockedValueBox(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for half in 0..<2 {
                    group.addTask {
                        for point in points.enumerated() where point.offset % 2 == half {
                            if try await self.killAndHeal(scene, command, at: point.element) { killed.withLockedValue { $0 += 1 } }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let count = killed.withLockedValue { $0 }
            print("\(command) killed \(count) times at \(kills) of \(total) moments; TIDEMARK_KILL_SEED=\(Self.seed) repeats them")
            // Backups differ by a call or two, so the last moments need not come.
            #expect(count >= kills - 5)
        }
    }

    /// Whether it was killed, and did not end before.
    private func killAndHeal(_ scene: Scene, _ command: Command, at point: Int) async throws -> Bool {
        let path = "\(scene.directory)/killed-\(point)-\(HostChance().bytes(4).hex)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await scene.copy(to: path)
        let ended = try await Binary.run(scene.arguments + ["--repo", path], variables: variables(["TIDEMARK_KILL_POINT": "\(point)"]))
        let place = "\(command) killed at moment \(point), seed \(Self.seed)"
        #expect(ended.signal == SIGKILL || ended.code == 0, "\(place): \(ended.errors)")

        // What is there is whole, and what must be there is.
        let storage = DirectoryStorage(root: path, time: HostTime())
        let after = try await Repository.open(storage, time: HostTime(), chance: HostChance())
        let report = try await after.check(readData: true)
        #expect(report.isSound && report.damaged.isEmpty, "\(place): \(report.findings(.error))")
        #expect(scene.kept.isSubset(of: report.whole), "\(place): a snapshot is gone")
        let present = Set(report.whole)
        switch command {
        case .backup: #expect(present.subtracting(scene.before).count <= 1, "\(place)")
        case .forget, .prune: #expect(present.isSubset(of: scene.before), "\(place)")
        }

        // The killed one's lease ends by itself; then the same command is done, and nothing of it stays.
        for arguments in [scene.arguments, ["prune"]] {
            let shell = FakeShell()
            var later = shell.shell
            later.time = LaterTime()
            let code = await Program.run(arguments + ["--repo", path], in: later)
            #expect(code == 0, "\(place), then \(arguments[0]): \(shell.errors.text)")
        }
        let healed = try await after.check(readData: true)
        #expect(
            healed.isSound && !healed.findings.contains { ["extra", "leftover", "foreign"].contains($0.sort) },
            "\(place): \(healed.findings)")
        let ids = try await after.snapshotIDs()
        switch command {
        case .backup: #expect(ids.isSuperset(of: present) && ids.subtracting(scene.before).count >= 1, "\(place)")
        case .forget, .prune: #expect(ids == scene.kept, "\(place)")
        }
        for folder in ["leases", "candidates", "readers"] as [StoragePath] {
            #expect(try await storage.all(under: folder).isEmpty, "\(place): something stays in \(folder)")
        }
        let leftovers = try await storage.leftovers()
        #expect(leftovers.isEmpty, "\(place)")
        return ended.signal == SIGKILL
    }

    /// How many moments a run has that nobody kills.
    private func moments(of scene: Scene) async throws -> Int {
        let (path, count) = ("\(scene.directory)/unharmed", "\(scene.directory)/count")
        try await scene.copy(to: path)
        let ended = try await Binary.run(scene.arguments + ["--repo", path], variables: variables(["TIDEMARK_KILL_COUNT": count]))
        #expect(ended.code == 0, "\(ended.errors)")
        return Int(try String(contentsOfFile: count, encoding: .utf8).filter { !$0.isWhitespace }) ?? 0
    }

    private func variables(_ more: [String: String]) -> [String: String] {
        // The address sanitizer wants to come first; what comes before it here allocates nothing.
        more.merging(["LD_PRELOAD": Self.library, "ASAN_OPTIONS": "detect_leaks=0:verify_asan_link_order=0"]) { $1 }
    }

    // MARK: Scenes

    private func withScene(of command: Command, _ body: @escaping @Sendable (Scene) async throws -> Void) async throws {
        #expect(FileManager.default.fileExists(atPath: Self.library), "\(Self.library) is built with the tests")
        try await withDirectory { directory in
            let template = "\(directory)/template"
            #expect(await FakeShell().run("init", "--repo", template) == .success)
            guard command == .backup else {
                let ids = try await self.publish(12, in: template)
                let kept = Set(ids.suffix(3))
                if command == .forget {
                    return try await body(
                        Scene(
                            directory: directory, template: template, arguments: ["forget", "--keep-last", "3", "--yes"], kept: kept,
                            before: Set(ids)))
                }
                #expect(await FakeShell().run("forget", "--keep-last", "3", "--yes", "--repo", template) == .success)
                return try await body(Scene(directory: directory, template: template, arguments: ["prune"], kept: kept, before: kept))
            }
            try await DemoCluster.with(brokers: [1], FakeShell().shell) { cluster in
                func make(_ names: Range<Int>) async throws {
                    for (name, result) in try await cluster.source.client.createTopics(
                        names.map { .init(name: ByteString("topic-\($0)"), partitions: 1, replicationFactor: 1) })
                    {
                        #expect(result.isDone, "\(name): \(result)")
                    }
                }
                let servers = cluster.cluster.bootstrapServers
                try await make(10..<20)
                #expect(await FakeShell().run("backup", "--repo", template, "--bootstrap-server", servers) == .success)
                // Pages to be written, beside those to be reused.
                try await make(20..<24)
                let before = try await Repository.open(
                    DirectoryStorage(root: template, time: HostTime()), time: HostTime(), chance: HostChance()
                ).snapshotIDs()
                try await body(
                    Scene(
                        directory: directory, template: template, arguments: ["backup", "--bootstrap-server", servers], kept: before,
                        before: before))
            }
        }
    }

    /// The oldest first, an hour apart, each with pages of its own.
    private func publish(_ count: Int, in path: String) async throws -> [SnapshotID] {
        let repository = try await Repository.open(
            DirectoryStorage(root: path, time: HostTime()), time: HostTime(), chance: HostChance())
        var ids: [SnapshotID] = []
        for number in 0..<count {
            let moment = HostTime().now().advanced(by: .seconds(-3_600 * (count - number)))
            ids.append(
                try await repository.withWriter(holder: "a test") { writer in
                    let topics = (0..<10).map { Document(id: ResourceID(ByteString("topic-\($0)")), body: .integer(number)) }
                    let root = try await writer.write(topics)
                    return try await writer.publish(
                        Manifest(
                            tool: .init(name: "tidemark", version: "1"), clusterID: "made up", brokers: 1, started: moment,
                            finished: moment,
                            sections: [Section(kind: "topics", part: .desired, root: root, state: .stable)],
                            certificate: Certificate(grade: .stable)))
                })
        }
        return ids
    }
}

/// The host's clock, eleven minutes on: whatever a killed process held is over.
private struct LaterTime: TimeSource {
    private let host = HostTime()

    func now() -> Timestamp { host.now().advanced(by: .seconds(660)) }
    func uptime() -> Duration { host.uptime() }
    func sleep(for duration: Duration) async throws { try await host.sleep(for: duration) }
}
