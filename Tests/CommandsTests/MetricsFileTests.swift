import Bytes
import Foundation
import Host
import KafkaSimulator
import Monitoring
import NIOConcurrencyHelpers
import Testing

@testable import Commands

/// What one-shot runs leave for Prometheus.
@Suite struct MetricsFileTests {
    private func samples(_ path: String) throws -> [Sample] {
        let bytes = try Data(contentsOf: URL(filePath: path))
        let lines = bytes.split(separator: 0x0a).filter { $0.first != UInt8(ascii: "#") }
        let samples = lines.compactMap { Sample(line: $0) }
        #expect(samples.count == lines.count)
        return samples
    }

    private func value(_ path: String, _ metric: Metric, _ labels: ByteString...) throws -> Double? {
        try samples(path).first { $0.metric == metric && $0.labels == labels }?.value
    }

    // MARK: The file

    @Test("for everybody to read, whatever the umask; nothing is left aside")
    func rights() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/tidemark.prom"
            for content in ["one\n", "two\n"] {
                try MetricsFile(path: path).write(Array(content.utf8), HostChance())
                #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
                #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o644)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["tidemark.prom"])
            #expect(MetricsFile(path: path).read() == Array("two\n".utf8) && MetricsFile(path: directory).read() == nil)
        }
    }

    @Test("a reader sees a whole file at any moment, the one before or the one after")
    func atomicity() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/tidemark.prom"
            let contents = ["a", "b"].map { Array((String(repeating: $0, count: 300_000) + "\n").utf8) }
            try MetricsFile(path: path).write(contents[0], HostChance())
            let isDone = NIOLockedValueBox(false)
            try await withThrowingTaskGroup(of: Int.self) { group in
                group.addTask {
                    for round in 1...60 { try MetricsFile(path: path).write(contents[round % 2], HostChance()) }
                    isDone.withLockedValue { $0 = true }
                    return 60
                }
                group.addTask {
                    var reads = 0
                    repeat {
                        let found = try #require(MetricsFile(path: path).read())
                        #expect(contents.contains(found))
                        reads += 1
                        await Task.yield()
                    } while !isDone.withLockedValue { $0 }
                    return reads
                }
                for try await count in group { #expect(count > 0) }
            }
        }
    }

    @Test("where it cannot be written nothing is left, and what is there stays")
    func refused() async throws {
        try await withDirectory { directory in
            let missing = #expect(throws: MetricsFileError.self) {
                try MetricsFile(path: "\(directory)/none/x.prom").write([1], HostChance())
            }
            #expect(missing?.message == "a file beside it cannot be made: No such file or directory")
            try FileManager.default.createDirectory(atPath: "\(directory)/x.prom", withIntermediateDirectories: false)
            let folder = #expect(throws: MetricsFileError.self) { try MetricsFile(path: "\(directory)/x.prom").write([1], HostChance()) }
            #expect(folder?.message == "it cannot be given its name: Is a directory")
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["x.prom"])
        }
    }

    // MARK: Runs

    @Test("a backup tells of itself; one that fails tells its exit code and keeps the last success, from the repository's record")
    func backup() async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            let file = "\(directory)/backup.prom"
            #expect(await FakeShell().run("init", "--repo", repository) == .success)
            try await DemoCluster.with(brokers: [1], FakeShell().shell) { cluster in
                let servers = cluster.cluster.bootstrapServers
                let shell = FakeShell()
                let code = await shell.run("backup", "--repo", repository, "--bootstrap-server", servers, "--metrics-file", file, "--json")
                #expect(code == .success, "\(shell.errors.text)")
            }
            let id = try #require(try samples(file).first { $0.metric == .lastSuccess }?.labels.first)
            let success = try #require(try value(file, .lastSuccess, id, "backup"))
            #expect(try value(file, .recoveryPoint, id) == success && value(file, .lastExitCode, id, "backup") == 0)
            #expect(try value(file, .fileExitCode) == 0 && value(file, .brokers, id) == 1)
            #expect(try #require(try value(file, .fileWritten)) >= success)
            #expect(try samples(file).allSatisfy { $0.metric.places.contains(.file) }, "no ages: nobody counts them on")
            try FileManager.default.removeItem(atPath: file)
            let failed = await FakeShell().run("backup", "--repo", repository, "--bootstrap-server", "127.0.0.1:1", "--metrics-file", file)
            #expect(failed == .cannotConnect)
            #expect(try value(file, .lastSuccess, id, "backup") == success && value(file, .recoveryPoint, id) == success)
            #expect(try value(file, .lastExitCode, id, "backup") == 17 && value(file, .fileExitCode) == 17)
            // Where the repository cannot be asked either, what the file before said is kept.
            let lost = await FakeShell().run(
                "backup", "--repo", "\(directory)/none", "--bootstrap-server", "127.0.0.1:1", "--metrics-file", file)
            #expect(lost == .repositoryUnusable)
            #expect(try value(file, .lastSuccess, id, "backup") == success && value(file, .fileExitCode) == 19)
            // But not what a clock that once was ahead has left there.
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
            let ahead = lines.map { line in
                line.hasPrefix(Metric.lastSuccess.name + "{") ? line.prefix { $0 != " " } + " 9999999999" : line
            }
            try ahead.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
            #expect(try value(file, .lastSuccess, id, "backup") == 9_999_999_999)
            _ = await FakeShell().run(
                "backup", "--repo", "\(directory)/none", "--bootstrap-server", "127.0.0.1:1", "--metrics-file", file)
            #expect(try value(file, .lastSuccess, id, "backup") == nil && value(file, .recoveryPoint, id) == success)
        }
    }

    @Test func aMetricsFileThatCannotBeWrittenFailsNoBackupAndIsNoSuccess() async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(await FakeShell().run("init", "--repo", repository) == .success)
            let shell = FakeShell()
            let code = await shell.run("check", "--repo", repository, "--metrics-file", "\(directory)/none/x.prom")
            #expect(code == .outputLost)
            #expect(shell.output.text.contains("0 snapshots whole"))
            #expect(shell.errors.text.contains("x.prom is not written: a file beside it cannot be made"))
        }
    }

    @Test("a backup that confirms says so, and so do the list and the snapshot")
    func confirmed() async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            let file = "\(directory)/backup.prom"
            #expect(await FakeShell().run("init", "--repo", repository) == .success)
            try await DemoCluster.with(brokers: [1], FakeShell().shell) { cluster in
                let words = [
                    "backup", "--repo", repository, "--bootstrap-server", cluster.cluster.bootstrapServers, "--metrics-file", file,
                ]
                #expect(await FakeShell().run(words + ["--confirm-unchanged"]) == .success)
                let first = try #require(try samples(file).first { $0.metric == .recoveryPoint }?.value)
                let shell = FakeShell()
                #expect(await shell.run(words + ["--confirm-unchanged"]) == .success)
                #expect(shell.output.text.contains("what the cluster holds still: confirmed until"), "\(shell.output.text)")
                let told = try samples(file)
                #expect(told.first { $0.metric == .confirmed }?.value == 1 && told.first { $0.metric == .writtenBytes }?.value == 0)
                #expect(try #require(told.first { $0.metric == .recoveryPoint }).value > first)
                let list = FakeShell()
                #expect(await list.run("snapshots", "--repo", repository, "--json") == .success)
                #expect(list.output.text.contains("\"confirmed\":{\"count\":1,"))
                let table = FakeShell()
                #expect(await table.run("snapshots", "--repo", repository) == .success)
                #expect(table.output.text.contains("CONFIRMED UNTIL") && table.output.text.split(separator: "\n").count == 2)
                let shown = FakeShell()
                #expect(await shown.run("show", "--repo", repository) == .success)
                #expect(shown.output.text.contains("still so"))
                #expect(await FakeShell().run(words) == .success)
                let another = FakeShell()
                #expect(await another.run("snapshots", "--repo", repository) == .success)
                #expect(another.output.text.split(separator: "\n").count == 3, "without the option a snapshot is published")
            }
        }
    }

    @Test func onceAndServingExcludeEachOther() async {
        for arguments in [
            ["agent", "--policy", "p", "--once", "--listen", "9464"], ["agent", "--policy", "p", "--metrics-file", "x.prom"],
            ["agent", "--policy", "p", "--listen", "nowhere"], ["agent", "--policy", "p", "--listen", ":9464"],
            ["agent", "--policy", "p", "--listen", "1.2.3.4:70000"],
        ] { #expect(await FakeShell().run(arguments) == .usage, "\(arguments)") }
    }
}
