import Foundation
import Host
import KafkaSimulator
import StandIns
import Testing
import Waiting

/// The agent as its unit starts, reloads and stops it, with a stand-in for systemd's socket: hosts of tests seldom run systemd.
@Suite struct NotifyTests {
    private static func policy(_ bootstrap: String, _ repository: String) -> String {
        """
        version: 1
        agent:
          listen: off
          stopWithin: 20s
        clusters:
          - name: orders
            bootstrapServers: ["\(bootstrap.split(separator: ",").joined(separator: "\", \""))"]
            repository: \(repository)
            backup: { every: 1h }
        """
    }

    @Test func readyAliveReloadedAndStopped() async throws {
        let unit = UnitFile(try Shipped.text("systemd/tidemark-agent.service"))
        #expect(unit["ExecReload"] == ["/bin/kill -HUP $MAINPID"] && unit["KillSignal"].allSatisfy { $0 == "SIGTERM" })
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            let policy = "\(directory)/policy.yaml"
            let words = unit.words("ExecStart").dropFirst().map { $0 == "/etc/tidemark/policy.yaml" ? policy : $0 }
            #expect(words.contains(policy))
            #expect(try await Tool.run(Tool.tidemark, ["init", "--repo", repository]).code == 0)
            let socket = try #require(StandInSocket("@tidemark-unit-\(UUID().uuidString)"))
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { cluster in
                let text = Self.policy(cluster.bootstrapServers, repository)
                try write(text, to: policy)
                let ended = try await Tool.run(
                    Tool.tidemark, Array(words), variables: ["NOTIFY_SOCKET": socket.address, "WATCHDOG_USEC": "400000"]
                ) { process in
                    var told: [String] = []
                    func hear(_ what: String, _ isSo: ([String]) -> Bool) async throws {
                        try await until(what) {
                            told += socket.received()
                            return isSo(told)
                        }
                    }
                    try await hear("ready") { $0.first?.hasPrefix("READY=1\nSTATUS=1 cluster") == true }
                    try await hear("alive") { $0.count { $0 == "WATCHDOG=1" } >= 3 }
                    for (content, what) in [(text, "read again"), ("version: 1\nclutsers: []\n", "refused")] {
                        told = []
                        try write(content, to: policy)
                        kill(process.value, SIGHUP)
                        // systemd takes the service for reloading until it is ready again, also where the policy was refused.
                        try await hear("reloading, then ready: \(what)") { told in
                            guard let begun = told.firstIndex(where: { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") }) else { return false }
                            return told[begun...].contains { $0.hasPrefix("READY=1\n") }
                        }
                    }
                    told = []
                    kill(process.value, SIGTERM)
                    try await hear("stopping") { $0.contains { $0.hasPrefix("STOPPING=1") } }
                }
                #expect(ended.code == 0, "\(ended.errors)")
                let refused = ended.errors.split(separator: "\n").first { $0.contains("policy refused, the one before is kept") }
                #expect(refused?.contains("clutsers") == true && refused?.contains("hint=") == true, "\(ended.errors)")
            }
        }
    }

    /// What keeps systemd from starting again and again what cannot start.
    @Test func aPolicyThatCannotBeReadEndsItWithTheCodeThatTheUnitNames() async throws {
        let unit = UnitFile(try Shipped.text("systemd/tidemark-agent.service"))
        try await withDirectory { directory in
            try write("version: 1\nclutsers: []\n", to: "\(directory)/policy.yaml")
            for path in ["\(directory)/policy.yaml", "\(directory)/none.yaml"] {
                let ended = try await Tool.run(Tool.tidemark, ["agent", "--policy", path])
                #expect(unit["RestartPreventExitStatus"] == ["\(ended.code ?? 0)"], "\(ended.errors)")
                #expect(ended.errors.contains("hint: "))
            }
        }
    }
}
