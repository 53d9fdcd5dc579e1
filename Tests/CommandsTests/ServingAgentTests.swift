import Foundation
import Glibc
import Host
import KafkaSimulator
import Monitoring
import NIOConcurrencyHelpers
import Subprocess
import Testing
import Waiting
import Web

@testable import Commands

/// `tidemark agent --listen` in a process of its own, against the simulator, asked over HTTP.
@Suite(.serialized) struct ServingAgentTests {
    private func policy(_ directory: String, _ servers: String, more: String = "") throws -> String {
        let path = "\(directory)/policy.yaml"
        try Data(
            """
            version: 1
            clusters:
              - name: prod
                bootstrapServers: ["\(servers.split(separator: ",").joined(separator: "\", \""))"]
                repository: \(directory)/repository
                backup: { every: 1s }
            \(more)
            """.utf8
        ).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return path
    }

    private func get(_ url: String) async throws -> (status: Int, text: String) {
        let answer = try await NetworkWeb().send(WebRequest(url: url))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }

    /// A port that was free a moment ago.
    private func freePort() throws -> Int {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0 }
        }
        #expect(isBound)
        return Int(address.sin_port.bigEndian)
    }

    @Test("it tells of the cluster, of its jobs and that the cluster is unchanged; what it tells is in order for Prometheus' tool")
    func serves() async throws {
        try await withDirectory { directory in
            #expect(try await Binary.run(["init", "--repo", "\(directory)/repository"]).code == 0)
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { cluster in
                let policy = try policy(directory, cluster.bootstrapServers)
                let port = try freePort()
                let url = "http://127.0.0.1:\(port)"
                let page = NIOLockedValueBox("")
                let ended = try await Binary.run(["agent", "--policy", policy, "--listen", "\(port)"]) { process in
                    defer { kill(process.value, SIGTERM) }
                    try await until("it listens") { (try? await get(url + "/health/live").status) == 200 }
                    try await until("it is ready") { try await get(url + "/health/ready").status == 200 }
                    try await until("an unchanged cluster is confirmed") {
                        let text = try await get(url + "/metrics").text
                        page.withLockedValue { $0 = text }
                        return text.contains("tidemark_backup_confirmed{cluster=\"prod\",job=\"backup\"} 1\n")
                    }
                    #expect(try await get(url + "/health/startup").status == 200)
                    // A second agent on the same port is refused at once, and says why.
                    let second = try await Binary.run(["agent", "--policy", policy, "--listen", "127.0.0.1:\(port)"])
                    #expect(second.code == ExitCode.cannotListen.rawValue)
                    #expect(second.errors.contains("metrics cannot be served at 127.0.0.1:\(port): the port is taken\nhint: "))
                    #expect(!second.errors.contains("agent ready"))
                }
                #expect(ended.code == 0, "\(ended.errors.suffix(1000))")
                #expect(ended.errors.contains("serving metrics and health"))
                let text = page.withLockedValue { $0 }
                #expect(
                    text.contains("kafka_brokers{cluster=\"prod\"} 3\n")
                        && text.contains("tidemark_repository_snapshots{cluster=\"prod\"} 1\n"))
                let promtool = try await Subprocess.run(
                    .name("promtool"), arguments: ["check", "metrics"], input: .string(text), output: .string(limit: 1 << 20),
                    error: .string(limit: 1 << 20))
                #expect(promtool.terminationStatus.isSuccess && promtool.standardError == "", "\(promtool.standardError)")
                let files = FileManager.default.enumerator(atPath: "\(directory)/repository/snapshots")?.allObjects as? [String] ?? []
                #expect(files.count { $0.hasSuffix(".json") } == 1, "one snapshot, confirmed again and again")
            }
        }
    }

    @Test("--once leaves what it knows in a file, and its exit code")
    func once() async throws {
        try await withDirectory { directory in
            #expect(try await Binary.run(["init", "--repo", "\(directory)/repository"]).code == 0)
            let file = "\(directory)/once.prom"
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { cluster in
                let gone = """
                      - name: gone
                        bootstrapServers: ["127.0.0.1:1"]
                        repository: \(directory)/repository
                        backup: { every: 1h }
                    """
                let policy = try policy(directory, cluster.bootstrapServers, more: gone)
                let ended = try await Binary.run(["agent", "--policy", policy, "--once", "--metrics-file", file])
                #expect(ended.code == ExitCode.cannotConnect.rawValue, "\(ended.errors)")
                let text = try String(contentsOfFile: file, encoding: .utf8)
                for line in [
                    "tidemark_last_run_exit_code{cluster=\"prod\",job=\"backup\"} 0",
                    "tidemark_last_run_exit_code{cluster=\"gone\",job=\"backup\"} 17",
                    "tidemark_oneshot_exit_code 17", "kafka_brokers{cluster=\"prod\"} 3",
                ] { #expect(text.contains(line + "\n"), "\(line)") }
                #expect(text.contains("tidemark_last_success_timestamp_seconds{cluster=\"prod\",job=\"backup\"}"))
                #expect(!text.contains("tidemark_last_success_timestamp_seconds{cluster=\"gone\"") && !text.contains("_age_seconds"))
                try Data("version: 2".utf8).write(to: URL(filePath: policy))
                #expect(try await Binary.run(["agent", "--policy", policy, "--once", "--metrics-file", file]).code == 64)
                let after = try String(contentsOfFile: file, encoding: .utf8)
                #expect(after.contains("tidemark_oneshot_exit_code 64\n"))
                #expect(
                    after.contains("tidemark_last_success_timestamp_seconds{cluster=\"prod\",job=\"backup\"}"), "kept of the file before")
            }
        }
    }
}
