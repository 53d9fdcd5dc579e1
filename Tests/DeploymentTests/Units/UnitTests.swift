import Foundation
import KafkaSimulator
import Host
import Policies
import Testing

/// What runs the agent on a host, judged by systemd's own tools.
@Suite struct UnitTests {
    static let services = ["tidemark-agent.service", "tidemark-backup@.service"]
    static let programPath = "/usr/local/bin/tidemark"

    /// The units, with the program where it really is: systemd looks whether what it shall start is there.
    private func withUnits(_ body: (_ directory: String) async throws -> Void) async throws {
        try await withDirectory { directory in
            for name in try Shipped.names(in: "systemd", ending: ".service") + Shipped.names(in: "systemd", ending: ".timer") {
                let text = try Shipped.text("systemd/\(name)").replacingOccurrences(of: Self.programPath, with: Tool.tidemark)
                try write(text, to: "\(directory)/\(name)")
            }
            try await body(directory)
        }
    }

    @Test func theFolderHoldsTheseUnitsAndNoOther() throws {
        #expect(try Shipped.names(in: "systemd", ending: ".service") == Self.services)
        #expect(try Shipped.names(in: "systemd", ending: ".timer") == ["tidemark-backup@.timer"])
    }

    /// It ends well with unknown keys, too, and says so: nothing may be said.
    @Test(arguments: ["tidemark-agent.service", "tidemark-backup@orders.service", "tidemark-backup@orders.timer"])
    func verify(unit: String) async throws {
        try await withUnits { directory in
            let verified = try await Tool.run(
                "systemd-analyze", ["verify", "--man=no", unit], variables: ["SYSTEMD_UNIT_PATH": "\(directory):"])
            #expect(verified.code == 0 && verified.errors == "" && verified.output == "", "\(verified.errors)\(verified.output)")
        }
    }

    @Test("exposure is below 2 of 10", arguments: services)
    func security(unit: String) async throws {
        try await withUnits { directory in
            let judged = try await Tool.run(
                "systemd-analyze", ["security", "--offline=true", "--no-pager", "--threshold=19", "\(directory)/\(unit)"],
                variables: ["LC_ALL": "C.UTF-8"])
            #expect(judged.code == 0, "\(judged.errors)")
            let line = try #require(judged.output.split(separator: "\n").last { $0.contains("Overall exposure level") })
            let exposure = try #require(line.split(separator: " ").compactMap { Double($0) }.last)
            #expect(exposure < 2, "\(judged.output)")
        }
    }

    @Test func theUserAndItsFoldersAreMade() async throws {
        let made = try await Tool.run("systemd-sysusers", ["--dry-run", "\(Shipped.root)/systemd/tidemark.sysusers"])
        #expect(made.code == 0, "\(made.errors)")
        try await withDirectory { directory in
            // Of a root of its own, in which the user is whoever runs the test.
            try FileManager.default.createDirectory(atPath: "\(directory)/etc", withIntermediateDirectories: true)
            try write("tidemark:x:\(getuid()):\(getgid())::/:/bin/false\n", to: "\(directory)/etc/passwd")
            try write("tidemark:x:\(getgid()):\n", to: "\(directory)/etc/group")
            let folders = try await Tool.run(
                "systemd-tmpfiles", ["--create", "--root=\(directory)", "\(Shipped.root)/systemd/tidemark.tmpfiles"])
            #expect(folders.code == 0 && folders.errors == "", "\(folders.errors)")
            for (path, mode) in [("etc/tidemark", 0o750), ("var/lib/tidemark", 0o700)] {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/\(path)")
                #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
            }
        }
    }

    @Test func theAgentIsGivenLongerThanItsPolicyAsksFor() throws {
        let unit = UnitFile(try Shipped.text("systemd/tidemark-agent.service"))
        #expect(unit["Type"] == ["notify"] && unit["User"] == ["tidemark"] && unit["StateDirectory"] == ["tidemark"])
        let patience = try #require(unit.seconds("TimeoutStopSec"))
        // Notices that are still to be told get ten seconds after the runs.
        for name in try Shipped.names(in: "policies", ending: ".yaml") {
            let policy = try PolicyFile.parse(Shipped.text("policies/\(name)"), file: name)
            #expect(policy.agent.stopWithin + .seconds(10) < .seconds(patience), "\(name)")
        }
        let watchdog = try #require(unit.seconds("WatchdogSec"))
        #expect(watchdog >= 30)
    }

    @Test func theExampleOfVariablesHasThoseOfTheProductionPolicy() throws {
        let named = try Set(
            Shipped.text("policies/production.yaml").split(separator: "\n").filter { !$0.hasPrefix("#") }.flatMap { line in
                line.matches(of: /\$\{([A-Z_]+)\}/).map { String($0.output.1) }
            })
        let given = try Set(
            Shipped.text("systemd/agent.env.example").split(separator: "\n").compactMap { line in
                line.hasPrefix("#") ? nil : line.firstIndex(of: "=").map { String(line[..<$0]) }
            })
        #expect(!named.isEmpty && named == given)
    }

    /// The oneshot's own command line, with the program and the files where they are here.
    @Test func theOneshotTakesASnapshot() async throws {
        try await withDirectory { directory in
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { cluster in
                let repository = "\(directory)/repository"
                #expect(try await Tool.run(Tool.tidemark, ["init", "--repo", repository]).code == 0)
                try write("client.id=oneshot\n", to: "\(directory)/orders.properties")
                let example = try Shipped.text("systemd/backup.env.example")
                #expect(example.contains("\nTIDEMARK_REPOSITORY=") && example.contains("\nTIDEMARK_BOOTSTRAP_SERVER="))
                let unit = UnitFile(try Shipped.text("systemd/tidemark-backup@.service"))
                var words = unit.words("ExecStart").map {
                    $0.replacingOccurrences(of: "/etc/tidemark/%i", with: "\(directory)/orders")
                }
                #expect(words.removeFirst() == Self.programPath)
                // The folder that systemd makes for it, as the unit says: others may read there, and the sandbox lets it write.
                #expect(unit["CacheDirectory"] == ["tidemark-metrics"] && unit["CacheDirectoryMode"] == ["0755"])
                let place = try #require(unit["Environment"].first { $0.hasPrefix("TIDEMARK_METRICS_FILE=/var/cache/tidemark-metrics/") })
                let metrics = place.replacingOccurrences(of: "TIDEMARK_METRICS_FILE=/var/cache/tidemark-metrics", with: directory)
                    .replacingOccurrences(of: "%i", with: "orders")
                let backup = try await Tool.run(
                    Tool.tidemark, words,
                    variables: [
                        "TIDEMARK_REPOSITORY": repository, "TIDEMARK_BOOTSTRAP_SERVER": cluster.bootstrapServers,
                        "TIDEMARK_METRICS_FILE": metrics,
                    ])
                #expect(backup.code == 0, "\(backup.errors)")
                #expect(metrics == "\(directory)/orders.prom")
                let told = try String(contentsOfFile: metrics, encoding: .utf8)
                #expect(
                    told.contains("\ntidemark_last_success_timestamp_seconds{") && told.contains("tidemark_oneshot_exit_code 0\n"),
                    "\(told)")
                #expect(try FileManager.default.attributesOfItem(atPath: metrics)[.posixPermissions] as? Int == 0o644)
                let listed = try await Tool.run(Tool.tidemark, ["snapshots", "--repo", repository, "--json"])
                #expect(listed.output.contains("\"certificate\""))
            }
        }
    }
}
