import Foundation
import Host
import KafkaSimulator
import Schedules
import Testing

@Suite struct CrontabTests {
    /// cron reads the sixth field as the user, and a `%` as the end of a line.
    @Test func theLineRunsWhatIsDueAndIsSilent() async throws {
        let lines = try Shipped.text("cron/tidemark").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(lines.first == "SHELL=/bin/sh" && lines.count == 3)
        let fields = try #require(lines.last).split(separator: " ", maxSplits: 6).map { String($0) }
        #expect(throws: Never.self) { try CronExpression(fields[..<5].joined(separator: " ")) }
        #expect(fields[5] == "tidemark" && !fields[6].contains("%"))
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(try await Tool.run(Tool.tidemark, ["init", "--repo", repository]).code == 0)
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { cluster in
                try write("CLIENT_NAME=nightly\n", to: "\(directory)/agent.env")
                try write(
                    """
                    version: 1
                    clusters:
                      - name: orders
                        bootstrapServers: ["\(cluster.bootstrapServers.split(separator: ",").joined(separator: "\", \""))"]
                        properties:
                          client.id: ${CLIENT_NAME}
                        repository: \(repository)
                        backup: { every: 1h }
                    """, to: "\(directory)/policy.yaml")
                let command = fields[6].replacingOccurrences(of: "/usr/local/bin/tidemark", with: Tool.tidemark)
                    .replacingOccurrences(of: "/etc/tidemark/", with: "\(directory)/")
                let first = try await Tool.run("/bin/sh", ["-c", command])
                #expect(first.code == 0 && first.output == "" && first.errors == "", "\(first.errors)")
                let listed = try await Tool.run(Tool.tidemark, ["snapshots", "--repo", repository, "--json"])
                #expect(listed.output.contains("\"certificate\""))
                // Nothing is due ten minutes later.
                let second = try await Tool.run("/bin/sh", ["-c", command])
                #expect(second.code == 0 && second.errors == "", "\(second.errors)")
            }
            let gone = fields[6].replacingOccurrences(of: "/usr/local/bin/tidemark", with: Tool.tidemark)
                .replacingOccurrences(of: "/etc/tidemark/policy.yaml", with: "\(directory)/none.yaml")
                .replacingOccurrences(of: "/etc/tidemark/", with: "\(directory)/")
            let refused = try await Tool.run("/bin/sh", ["-c", gone])
            #expect(refused.code == 64 && refused.errors.contains("hint: "))
        }
    }
}
