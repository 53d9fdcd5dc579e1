import Foundation
import Glibc
import Host
import KafkaSimulator
import NIOConcurrencyHelpers
import Testing
import Waiting

@testable import Commands

/// `tidemark agent --once` in a process of its own, as cron and a CronJob start it.
@Suite(.serialized) struct OnceAgentTests {
    private func policy(_ directory: String, _ text: String) throws -> String {
        let path = "\(directory)/policy.yaml"
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return path
    }

    private func cluster(_ name: String, _ servers: String, _ repository: String) -> String {
        """
          - name: \(name)
            bootstrapServers: ["\(servers.split(separator: ",").joined(separator: "\", \""))"]
            repository: \(repository)
            backup: { every: 1h }

        """
    }

    /// A port that takes connections and never says a word.
    private func withSilence(_ body: (_ port: Int) async throws -> Void) async throws {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && listen(socket, 64) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        #expect(isListening)
        try await body(Int(address.sin_port.bigEndian))
    }

    @Test(
        "stopped in the middle of a run it ends within the policy's limit with 130 and a line, and its metrics say so",
        arguments: [SIGTERM, SIGINT])
    func stopped(signal: CInt) async throws {
        try await withDirectory { directory in
            #expect(try await Binary.run(["init", "--repo", "\(directory)/repository"]).code == 0)
            try await withSilence { port in
                let policy = try policy(
                    directory,
                    "version: 1\nagent: { stopWithin: 1s }\nclusters:\n"
                        + cluster("silent", "127.0.0.1:\(port)", "\(directory)/repository"))
                let file = "\(directory)/once.prom"
                let began = NIOLockedValueBox(HostTime().uptime())
                let ended = try await Binary.run(["agent", "--policy", policy, "--once", "--quiet", "--metrics-file", file]) { process in
                    try await until("its run is under way") {
                        let claims = try? FileManager.default.contentsOfDirectory(atPath: "\(directory)/repository/turns/silent/claims")
                        return claims?.isEmpty == false
                    }
                    began.withLockedValue { $0 = HostTime().uptime() }
                    kill(process.value, signal)
                }
                #expect(ended.code == 130 && ended.signal == nil)
                #expect(ended.errors.contains("interrupted: runs that were under way are made good by the next ones"), "\(ended.errors)")
                #expect(HostTime().uptime() - began.withLockedValue { $0 } < .seconds(20))
                #expect(try String(contentsOfFile: file, encoding: .utf8).contains("tidemark_oneshot_exit_code 130\n"))
            }
        }
    }

    @Test("a run over its time limit ends with 17, with the reason and what to do")
    func timeLimit() async throws {
        try await withDirectory { directory in
            #expect(try await Binary.run(["init", "--repo", "\(directory)/repository"]).code == 0)
            try await withSilence { port in
                let cluster = cluster("silent", "127.0.0.1:\(port)", "\(directory)/repository")
                let policy = try policy(
                    directory, "version: 1\nclusters:\n" + cluster.replacing("every: 1h", with: "every: 1h, timeLimit: 1s"))
                let ended = try await Binary.run(["agent", "--policy", policy, "--once", "--quiet"])
                #expect(ended.code == 17, "\(ended.errors)")
                #expect(ended.errors.contains("the backup was not done within its time limit of 1s"), "\(ended.errors)")
                #expect(ended.errors.contains("raise the limit in the policy"))
            }
        }
    }

    @Test("notification programs that read nothing do not take the agent with them")
    func readsNothing() async throws {
        try await withDirectory { directory in
            #expect(try await Binary.run(["init", "--repo", "\(directory)/repository"]).code == 0)
            let policy = try policy(
                directory,
                "version: 1\nnotifications: [{ command: [/bin/true] }, { command: [/bin/true, again] }]\nclusters:\n"
                    + cluster("gone", "127.0.0.1:1", "\(directory)/repository"))
            for _ in 0..<5 {
                try? FileManager.default.removeItem(atPath: "\(directory)/repository/turns")
                let ended = try await Binary.run(["agent", "--policy", policy, "--once"])
                #expect(ended.code == 17 && ended.signal == nil, "\(ended.errors.suffix(1000))")
                #expect(ended.errors.split(separator: "\n").count { $0.contains("notice delivered") } == 2)
            }
        }
    }

    @Test("a code that is not zero comes with a line, quiet or not: where another agent is at it")
    func busy() async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(try await Binary.run(["init", "--repo", repository]).code == 0)
            let claims = "\(repository)/turns/gone/claims"
            try FileManager.default.createDirectory(atPath: claims, withIntermediateDirectories: true)
            let now = HostTime().now()
            let claim = "{\"holder\":\"another\",\"since\":\"\(now)\",\"until\":\"\(now.advanced(by: .seconds(60)))\"}\n"
            try Data(claim.utf8).write(to: URL(filePath: "\(claims)/00112233445566778899aabbccddeeff.json"))
            let policy = try policy(directory, "version: 1\nclusters:\n" + cluster("gone", "127.0.0.1:1", repository))
            let ended = try await Binary.run(["agent", "--policy", policy, "--once", "--quiet"])
            #expect(ended.code == ExitCode.locked.rawValue && ended.errors.contains("another agent is at it"), "\(ended.errors)")
        }
    }

    @Test("a secret of a receiver that is not there now is a warning, and the backup is taken")
    func missingSecret() async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(try await Binary.run(["init", "--repo", repository]).code == 0)
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { simulated in
                let policy = try policy(
                    directory,
                    "version: 1\nnotifications: [{ webhook: \"file:\(directory)/none\" }]\nclusters:\n"
                        + cluster("shop", simulated.bootstrapServers, repository))
                let ended = try await Binary.run(["agent", "--policy", policy, "--once", "--quiet"])
                #expect(ended.code == 0, "\(ended.errors)")
                #expect(ended.errors.contains("somebody could not be told now") && ended.errors.contains("\(directory)/none"))
            }
        }
    }

    @Test("a cluster whose repository cannot be reached keeps its last success in the file, another one has its own")
    func keptPerSeries() async throws {
        try await withDirectory { directory in
            for name in ["a", "b"] { #expect(try await Binary.run(["init", "--repo", "\(directory)/\(name)"]).code == 0) }
            let file = "\(directory)/once.prom"
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { simulated in
                let servers = simulated.bootstrapServers
                let both = "version: 1\nclusters:\n" + cluster("a", servers, "\(directory)/a") + cluster("b", servers, "\(directory)/b")
                let policy = try policy(directory, both)
                #expect(try await Binary.run(["agent", "--policy", policy, "--once", "--metrics-file", file]).code == 0)
                func lines() throws -> [Substring] {
                    try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").filter {
                        $0.hasPrefix("tidemark_last_success_timestamp_seconds{")
                            || $0.hasPrefix("tidemark_recovery_point_timestamp_seconds{")
                    }.sorted()
                }
                let before = try lines()
                #expect(before.count == 4)
                try FileManager.default.moveItem(atPath: "\(directory)/b", toPath: "\(directory)/elsewhere")
                #expect(try await Binary.run(["agent", "--policy", policy, "--once", "--metrics-file", file]).code == 19)
                // Of the other it was looked up again, to the millisecond or so.
                func series(_ lines: [Substring]) -> [Substring] { lines.map { $0.prefix { $0 != "}" } } }
                let after = try lines()
                #expect(series(after) == series(before) && after.filter { $0.contains("\"b\"") } == before.filter { $0.contains("\"b\"") })
                // Of a cluster that the policy has no more nothing is kept.
                _ = try self.policy(directory, "version: 1\nclusters:\n" + cluster("a", servers, "\(directory)/a"))
                #expect(try await Binary.run(["agent", "--policy", policy, "--once", "--metrics-file", file]).code == 0)
                #expect(try series(lines()) == series(before.filter { $0.contains("cluster=\"a\"") }))
            }
        }
    }

    @Test(
        "an address for metrics that is not to be found or not there has a code of its own, for systemd to try again",
        arguments: ["nosuch.invalid:21333", "192.0.2.1:21333"])
    func cannotListen(address: String) async throws {
        try await withDirectory { directory in
            let policy = try policy(directory, "version: 1\nclusters:\n" + cluster("gone", "127.0.0.1:1", "\(directory)/repository"))
            let ended = try await Binary.run(["agent", "--policy", policy, "--listen", address])
            #expect(ended.code == ExitCode.cannotListen.rawValue, "\(ended.errors)")
            #expect(ended.errors.contains("metrics cannot be served at \(address): ") && ended.errors.contains("\nhint: give "))
        }
    }
}
