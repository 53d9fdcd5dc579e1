import Host
import KafkaSimulator
import Recovery
import StandIns
import Testing

@testable import Commands

/// Probes where a bootstrap server takes connections and says nothing.
@Suite(.timeLimit(.minutes(1))) struct ProbeTests {
    @Test func oneMuteServerOfSeveralDoesNotFailAProbe() async throws {
        let mute = try #require(MuteListener())
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [1]
        try await SimulatedCluster.withCluster(configuration, time: HostTime(), chance: HostChance()) { cluster in
            // Chance decides who is asked first.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for probe in ["--liveness", "--startup", "--readiness"] {
                    for _ in 0..<3 {
                        group.addTask {
                            let fake = FakeShell()
                            let code = await fake.run(
                                "health", probe, "--timeout", "5", "--bootstrap-server", "\(mute.address),\(cluster.bootstrapServers)")
                            #expect(code == .success, "\(probe): \(fake.output.text)\(fake.errors.text)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: ["--liveness", "--startup", "--readiness"])
    func whereAllAreMuteNobodyAnsweredAndTheyAreNamed(_ probe: String) async throws {
        let (one, two) = (try #require(MuteListener()), try #require(MuteListener()))
        for servers in [[one], [one, two]] {
            let fake = FakeShell()
            let code = await fake.run(
                "health", probe, "--timeout", "2", "--bootstrap-server", servers.map(\.address).joined(separator: ","))
            #expect(code == .cannotConnect, "\(fake.output.text)")
            for server in servers { #expect(fake.output.text.contains(server.address), "\(fake.output.text)") }
        }
    }

    @Test func whatWasFoundUntilTheTimeWasUpIsKept() {
        let nothing = Health.unfinished([], .seconds(2), ["one:9092", "two:9092"])
        #expect(nothing.hasFailed(for: .noContact) && nothing.findings[0].detail == "nobody answered within 2.0 s: one:9092, two:9092")
        let some = Health.unfinished([Finding(check: "contact", severity: .ok, detail: "cluster x")], .seconds(2), ["one:9092"])
        #expect(some.findings.map(\.check) == ["contact", "time"] && !some.hasFailed(for: .noContact) && !some.isHealthy)
    }
}
