import Host
import KafkaClient
import KafkaSimulator
import Logging
import NIOPosix
import SnapshotModel
import Testing

@testable import Commands

/// The whole program, on a target that has more of a topic than the snapshot.
@Suite struct SurplusTextTests {
    @Test func moreOnTheTargetIsNeverToldAsEquality() async throws {
        try await withDirectory { directory in
            let repository = "\(directory)/repository"
            #expect(await FakeShell().run("init", "--repo", repository) == .success)
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { source in
                try await withClient(source) { client in
                    let topic = NewTopic(name: "orders", partitions: 1, replicationFactor: 1)
                    let made = try await client.createTopics([topic])
                    #expect(made["orders"]?.isDone == true)
                }
                #expect(await FakeShell().run("backup", "--repo", repository, "--bootstrap-server", source.bootstrapServers) == .success)
            }
            try await SimulatedCluster.withCluster(SimulatorConfiguration(), time: HostTime(), chance: HostChance()) { target in
                let onto = ["--repo", repository, "--bootstrap-server", target.bootstrapServers]
                func run(_ words: String...) async -> (code: ExitCode?, text: String) {
                    let shell = FakeShell()
                    let code = await shell.run(words + onto)
                    return (code, shell.output.text)
                }
                #expect(await run("restore", "--yes").code == .success)
                let equal = await run("restore", "--stage", "validate")
                #expect(equal.code == .success && equal.text.hasPrefix("The target is as the snapshot.\n"), "\(equal.text)")
                try await withClient(target) { client in
                    let change = ConfigChange(.topic("orders"), ["cleanup.policy": .set("compact")])
                    let altered = try await client.alterConfigs([change])
                    #expect(altered[.topic("orders")]?.isDone == true)
                }
                let why = "it keeps configs cleanup.policy, which the snapshot does not have"
                #expect(await run("plan").code == .conflict)
                for (words, code) in [
                    (["plan", "--existing", "update"], ExitCode.partial), (["restore", "--existing", "update", "--yes"], .partial),
                    (["restore", "--stage", "validate"], .validationFailed),
                ] {
                    let shell = FakeShell()
                    #expect(await shell.run(words + onto) == code, "\(words)")
                    let text = shell.output.text
                    #expect(text.contains(why) && !text.contains("already is as the snapshot"), "\(text)")
                    #expect(!text.contains("is as the snapshot.\n"), "\(text)")
                }
            }
        }
    }

    private func withClient(_ cluster: SimulatedCluster, _ body: (KafkaClient) async throws -> Void) async throws {
        try await KafkaClient.withClient(
            ClientConfiguration(bootstrap: try BrokerAddress.list(cluster.bootstrapServers, from: "the simulator")), time: HostTime(),
            chance: HostChance(), eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), body: body)
    }
}
