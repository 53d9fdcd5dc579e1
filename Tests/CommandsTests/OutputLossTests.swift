import Foundation
import Host
import KafkaSimulator
import Testing

@testable import Commands

/// An answer that nobody can have got is no success.
@Suite struct OutputLossTests {
    /// What needs neither a repository nor a cluster.
    @Test(arguments: [
        ["version"], ["version", "--json"], ["--version"], ["--help"], ["backup", "--help"], ["--generate-completion-script", "bash"],
    ])
    func aFullDiskIsNoSuccessOfWhatOnlySpeaks(_ arguments: [String]) async throws {
        let ended = try await Binary.run(arguments, redirected: "> /dev/full")
        #expect(ended.code == ExitCode.outputLost.rawValue, "\(arguments)")
        #expect(ended.errors.hasPrefix("error: standard output could not be written: No space left on device"), "\(ended.errors)")
        #expect(ended.errors.contains("\nhint: "))
    }

    @Test func aFullDiskIsNoSuccessOfAnyCommand() async throws {
        try await withDirectory { directory in
            try await withCluster { servers in
                let variables = [
                    "TIDEMARK_REPOSITORY": "\(directory)/repository", "TIDEMARK_BOOTSTRAP_SERVER": servers,
                    "TIDEMARK_CATALOG": "\(directory)/catalog.sqlite",
                ]
                // `version` is above; the agent speaks on standard error.
                var spoken: Set<String> = ["version", "agent"]
                for (arguments, code) in [
                    (["init"], 21), (["backup"], 21), (["backup", "--json"], 21), (["snapshots"], 21), (["show"], 21),
                    (["diff", "latest~1", "latest"], 21), (["diff", "latest", "--live"], 21), (["check"], 21),
                    (["plan", "--allow-same-cluster"], 12), (["health"], 21), (["catalog", "rebuild"], 21),
                    (["catalog", "query", "SELECT * FROM snapshot_list"], 21), (["restore", "--yes", "--allow-same-cluster"], 12),
                    (["pin", "latest"], 21), (["unpin", "latest"], 21), (["forget", "--keep-last", "9"], 21), (["prune"], 21),
                    (["policy", "schema"], 21), (["demo"], 21), (["simulator", "--port", "0"], 21),
                    (["simulator", "--port", "0", "--registry-port", "0"], 21),
                ] as [([String], Int32)] {
                    let ended = try await Binary.run(arguments, variables: variables, redirected: "> /dev/full")
                    // Where the code says already that the command did nothing, it stays.
                    #expect(ended.code == code, "\(arguments): \(ended.errors)")
                    #expect(ended.errors.contains("standard output could not be written"), "\(arguments): \(ended.errors)")
                    spoken.insert(arguments[0])
                }
                #expect(spoken == Set(Tidemark.verbs), "each command was tried")
                // The work was done all the same.
                let snapshots = try await Binary.run(["snapshots", "--json"], variables: variables)
                #expect(snapshots.code == 0 && snapshots.output.components(separatedBy: #""finished":"#).count == 3)
            }
        }
    }

    @Test func aClosedStandardOutputIsNoSuccessAndNoFileIsWrittenIntoInItsPlace() async throws {
        try await withDirectory { directory in
            let ended = try await Binary.run(["init", "--repo", "\(directory)/repository"], redirected: ">&- 2>'\(directory)/errors'")
            #expect(ended.code == ExitCode.outputLost.rawValue)
            let errors = try String(contentsOfFile: "\(directory)/errors", encoding: .utf8)
            #expect(errors.contains("standard output could not be written"), "\(errors)")
            let check = try await Binary.run(["check", "--repo", "\(directory)/repository"])
            #expect(check.code == 0, "\(check.output)")
        }
    }

    /// As programs end that do not catch SIGPIPE.
    @Test func aReaderThatHasReadEnoughEndsItQuietly() async throws {
        let ended = try await Binary.run(["--generate-completion-script", "bash"], redirected: "| true")
        #expect(ended.code == ExitCode.readerGone.rawValue || ended.code == 0, "all of it fitted into the pipe before its reader ended")
        #expect(ended.errors.isEmpty)
        let fake = FakeShell(outputFailure: .closed)
        #expect(await fake.run("version") == .readerGone)
        #expect(fake.errors.text.isEmpty)
    }

    @Test func aFailureStaysTheFailureThatItIs() async {
        for failure in [SinkFailure.closed, .refused("No space left on device")] {
            #expect(await FakeShell(outputFailure: failure).run("snapshots", "--repo", "/nowhere/at/all") == .repositoryUnusable)
        }
    }

    @Test func aPlanThatCouldNotBeShownIsNotApproved() async throws {
        try await withDirectory { directory in
            try await withCluster { servers in
                let repository = "\(directory)/repository"
                #expect(await FakeShell().run("init", "--repo", repository) == .success)
                #expect(await FakeShell().run("backup", "--repo", repository, "--bootstrap-server", servers) == .success)
                try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { target in
                    let fake = FakeShell(terminal: true, input: ["y"], outputFailure: .refused("No space left on device"))
                    let code = await fake.run(
                        "restore", "--repo", repository, "--bootstrap-server", target.bootstrapServers, "--offsets", "exact")
                    #expect(code == .outputLost)
                    #expect(fake.errors.text.contains("nothing was changed on the target"))
                    #expect(!FileManager.default.fileExists(atPath: "\(repository)/runs"), "no run was begun")
                }
            }
        }
    }

    /// One broker with a topic.
    private func withCluster(_ body: @escaping @Sendable (_ servers: String) async throws -> Void) async throws {
        try await DemoCluster.with(brokers: [1], FakeShell().shell) { cluster in
            for (name, result) in try await cluster.source.client.createTopics([.init(name: "orders", partitions: 1, replicationFactor: 1)])
            {
                #expect(result.isDone, "\(name): \(result)")
            }
            try await body(cluster.cluster.bootstrapServers)
        }
    }
}
