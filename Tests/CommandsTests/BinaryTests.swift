import Foundation
import Host
import KafkaSimulator
import Subprocess
import Testing
import Waiting

@testable import Commands

/// The real program, in a process of its own.
@Suite struct BinaryTests {
    @Test func itIsThereAndSaysItsVersion() async throws {
        let ended = try await Binary.run(["--version"])
        #expect(ended.code == 0 && ended.output == "tidemark \(Release.version)\n" && ended.errors.isEmpty)
    }

    @Test func aTypoEndsWithTheUsageCode() async throws {
        let ended = try await Binary.run(["bakcup"])
        #expect(ended.code == 64 && ended.errors.contains("hint: did you mean `tidemark backup`?"))
    }

    @Test func settingsComeFromTheEnvironment() async throws {
        try await withDirectory { directory in
            var configuration = SimulatorConfiguration()
            configuration.brokerIDs = [1, 2]
            try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
                let variables = [
                    "TIDEMARK_REPOSITORY": "\(directory)/repository", "TIDEMARK_BOOTSTRAP_SERVER": cluster.bootstrapServers,
                    "TIDEMARK_CATALOG": "\(directory)/catalog.sqlite",
                ]
                for (arguments, code) in [
                    (["init"], 0), (["backup"], 0), (["backup", "--verbose"], 0), (["snapshots"], 0), (["check", "--read-data"], 0),
                    (["diff", "latest~1", "latest"], 0), (["diff", "latest", "--live"], 0), (["plan"], 13), (["catalog", "rebuild"], 0),
                    (["catalog", "query", "SELECT * FROM snapshot_list"], 0), (["health"], 0),
                    (["restore", "--yes", "--allow-same-cluster"], 12),
                ] as [([String], Int32)] {
                    let ended = try await Binary.run(arguments, variables: variables)
                    #expect(ended.code == code, "\(arguments): \(ended.output)\(ended.errors)")
                    #expect(!ended.output.contains("\u{1B}") && !ended.errors.contains("\u{1B}"), "no colours without a terminal")
                }
            }
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func aSignalInTheMiddleStopsItInAnOrderlyWay(_ number: Int32) async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(try await Binary.run(["init", "--repo", repository]).code == 0)
            var configuration = SimulatorConfiguration()
            configuration.brokerIDs = [1]
            try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
                cluster.inject(Fault(.delay(.seconds(600)), of: .metadata, times: nil))
                let ended = try await Binary.run(["backup", "--repo", repository, "--bootstrap-server", cluster.bootstrapServers]) {
                    process in
                    try await until("the backup asks for metadata") { cluster.callCounts[.metadata] != nil }
                    kill(process.value, number)
                }
                #expect(ended.code == 130)
                #expect(ended.errors == "interrupted: no snapshot was published; what was written so far is reused by the next backup\n")
            }
            let check = try await Binary.run(["check", "--read-data", "--repo", repository])
            #expect(check.code == 0, "the repository is whole")
        }
    }

    @Test func theSimulatorServesUntilItIsStopped() async throws {
        let marker = FileManager.default.temporaryDirectory.appendingPathComponent("tidemark-simulator-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: marker) }
        let script = "exec '\(Binary.path)' simulator --brokers 2 --port 0 --registry-port 0 --json > '\(marker)'"
        let result = try await Subprocess.run(
            .path("/bin/sh"), arguments: ["-c", script], input: .none, output: .discarded, error: .string(limit: 1 << 20)
        ) { execution in
            var said = ""
            try await until("the simulator says where it listens") {
                said = (try? String(contentsOfFile: marker, encoding: .utf8)) ?? ""
                return said.hasSuffix("\n")
            }
            let object = try #require(try JSONSerialization.jsonObject(with: Data(said.utf8)) as? [String: Any])
            let servers = try #require(object["bootstrapServers"] as? String)
            let registry = try #require(object["schemaRegistry"] as? String)
            let health = try await Binary.run(["health", "--bootstrap-server", servers, "--schema-registry", registry])
            #expect(health.code == 0, "\(health.output)\(health.errors)")
            try execution.send(signal: .interrupt)
        }
        #expect(result.terminationStatus == .exited(0))
    }
}
