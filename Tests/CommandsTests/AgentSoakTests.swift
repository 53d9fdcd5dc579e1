import Foundation
import Host
import KafkaSimulator
import Testing
import Waiting

@testable import Commands

/// The agent for real, in a process of its own, against the simulator. `TIDEMARK_SOAK_SECONDS` says for how long (`make soak`: 300).
@Suite struct AgentSoakTests {
    struct Reading: CustomStringConvertible {
        var descriptors: Int
        /// Resident, in kB.
        var memory: Int
        /// Of user and system, in hundredths of a second.
        var ticks: Int
        var description: String { "\(descriptors) descriptors, \(memory) kB, \(ticks) ticks" }

        init(_ process: Int32) throws {
            descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd").count
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
            memory = try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
            let fields = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8).split(separator: ")").last?.split(
                separator: " ")
            ticks = (fields.flatMap { Int($0[11]) } ?? 0) + (fields.flatMap { Int($0[12]) } ?? 0)
        }
    }

    static let duration = ProcessInfo.processInfo.environment["TIDEMARK_SOAK_SECONDS"].flatMap { Int($0) } ?? 20

    @Test("run every two seconds, it loses neither memory nor descriptors, and ends in order")
    func soak() async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(try await Binary.run(["init", "--repo", repository]).code == 0)
            var configuration = SimulatorConfiguration()
            configuration.brokerIDs = [1, 2]
            try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
                let policy = "\(directory)/policy.yaml"
                try Data(
                    """
                    version: 1
                    agent:
                      stopWithin: 20s
                    clusters:
                      - name: soak
                        bootstrapServers: ["\(cluster.bootstrapServers.split(separator: ",").joined(separator: "\", \""))"]
                        repository: \(repository)
                        backup:
                          every: 2s
                          # Each run does all of its work.
                          confirmUnchanged: false
                    """.utf8
                ).write(to: URL(filePath: policy))
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: policy)
                let ended = try await Binary.run(["agent", "--policy", policy, "--log-format", "json"]) { process in
                    let time = HostTime()
                    func snapshots() async throws -> Int {
                        let files = FileManager.default.enumerator(atPath: "\(repository)/snapshots")?.allObjects as? [String] ?? []
                        return files.count { $0.hasSuffix(".json") }
                    }
                    try await until("warm") { try await snapshots() >= 3 }
                    var readings: [Reading] = []
                    let (begin, end) = (try await snapshots(), time.uptime() + .seconds(Self.duration))
                    var made = 0
                    // By runs and not by time alone: a busy machine makes fewer of them.
                    while time.uptime() < end || (made < 10 && time.uptime() < end + .seconds(120)) {
                        readings.append(try Reading(process.value))
                        try await time.sleep(for: .milliseconds(100))
                        made = try await snapshots() - begin
                    }
                    #expect(made >= 10)
                    let (first, second) = (readings.prefix(readings.count / 2), readings.suffix(readings.count / 2))
                    let (before, after) = (first.map(\.memory).max() ?? 0, second.map(\.memory).max() ?? 0)
                    print(
                        "soak of \(Self.duration) s: \(made) snapshots; \(readings.first.map { "\($0)" } ?? ""); then \(readings.last.map { "\($0)" } ?? "")"
                    )
                    // What stays open between runs: how many are open at most is a matter of when one looks. The least of the second
                    // half is half of the runs after that of the first, so a descriptor that every second run leaks is seen.
                    let (kept, keptLater) = (first.map(\.descriptors).min() ?? 0, second.map(\.descriptors).min() ?? 0)
                    #expect(keptLater < kept + max(2, made / 5), "\(kept) descriptors, then \(keptLater), in \(made) runs")
                    // The allocator's own growth; a leak of a run would pass this in the long test.
                    #expect(after <= before + max(8_192, before / 10), "\(before) kB, then \(after) kB")
                    kill(process.value, SIGHUP)
                    kill(process.value, SIGTERM)
                }
                #expect(ended.code == 0, "\(ended.errors.suffix(2_000))")
                let lines = ended.errors.split(separator: "\n")
                #expect(lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
                #expect(lines.contains { $0.contains("\"run succeeded\"") } && !lines.contains { $0.contains("\"level\":\"error\"") })
                #expect(lines.last?.contains("\"agent ended\"") == true)
                #expect(try await Binary.run(["check", "--read-data", "--repo", repository]).code == 0)
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(repository)/leases").isEmpty)
            }
        }
    }

    @Test("--once runs what is due and ends with the worst of the exit codes")
    func once() async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(try await Binary.run(["init", "--repo", repository]).code == 0)
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { cluster in
                let policy = "\(directory)/policy.yaml"
                let told = "\(directory)/told"
                try Data(
                    """
                    version: 1
                    notifications:
                      - command: [/bin/sh, -c, "cat >> \(told)"]
                    clusters:
                      - name: good
                        bootstrapServers: ["\(cluster.bootstrapServers.split(separator: ",").joined(separator: "\", \""))"]
                        repository: \(repository)
                        backup: { every: 1h }
                      - name: gone
                        bootstrapServers: ["127.0.0.1:1"]
                        repository: \(repository)
                        backup: { every: 1h }
                    """.utf8
                ).write(to: URL(filePath: policy))
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: policy)
                let good = try await Binary.run(["agent", "--policy", policy, "--once", "--cluster", "good"])
                #expect(good.code == 0, "\(good.errors)")
                let again = try await Binary.run(["agent", "--policy", policy, "--once", "--cluster", "good"])
                #expect(again.code == 0 && !again.errors.contains("run started"), "it was not due again")
                let both = try await Binary.run(["agent", "--policy", policy, "--once"])
                #expect(both.code == ExitCode.cannotConnect.rawValue, "\(both.errors)")
                let notice = try String(contentsOfFile: told, encoding: .utf8)
                #expect(notice.split(separator: "\n").count == 1 && notice.contains("\"event\":\"failure\"") && notice.contains("\"gone\""))
                let unknown = try await Binary.run(["agent", "--policy", policy, "--once", "--cluster", "god"])
                #expect(unknown.code == 64 && unknown.errors.contains("did you mean good?"))
            }
        }
    }
}
