import Bytes
import ClusterFixture
import Foundation
import KafkaClient
import KafkaSimulator
import Resources
import SchemaRegistryClient
import SnapshotModel
import Testing

@testable import Commands

/// `restore --stage validate`: equal, lacking something to compare, or different, and never one for another.
@Suite(.timeLimit(.minutes(2))) struct ValidationTests {
    private struct Stage: Sendable {
        let directory: String
        let target: Source
        let servers: String
        var registry: String { target.registry?.urls.first ?? "" }

        func validate(_ words: String...) async -> (code: ExitCode?, text: String) {
            let shell = FakeShell(variables: ["NO_COLOR": "1", "TIDEMARK_REPOSITORY": "\(directory)/repository"])
            let code = await shell.run(["restore", "--stage", "validate"] + words)
            return (code, shell.output.text + shell.errors.text)
        }

        func validate() async -> (code: ExitCode?, text: String) { await validate("--bootstrap-server", servers) }
    }

    private static let orders = NewTopic(name: "orders", partitions: 1, replicationFactor: 1, assignments: [0: [1]])

    /// A snapshot of `fill`, and a target that was filled by `fillTarget`.
    private func withStage(
        _ fill: @Sendable @escaping (Source) async throws -> Void, target fillTarget: @Sendable @escaping (Source) async throws -> Void,
        withRegistry: Bool = false, _ body: @Sendable @escaping (Stage) async throws -> Void
    ) async throws {
        try await withDirectory { directory in
            #expect(await FakeShell().run("init", "--repo", "\(directory)/repository") == .success)
            try await ClusterFixture.simulated { source, cluster in
                try await fill(source)
                let registry = withRegistry ? ["--schema-registry", source.registry?.urls.first ?? ""] : []
                let backup = ["backup", "--repo", "\(directory)/repository", "--bootstrap-server", cluster.bootstrapServers] + registry
                #expect(await FakeShell().run(backup) == .success)
            }
            try await ClusterFixture.simulated { target, cluster in
                try await fillTarget(target)
                try await body(Stage(directory: directory, target: target, servers: cluster.bootstrapServers))
            }
        }
    }

    private static func create(_ topic: NewTopic, _ source: Source) async throws {
        let made = try await source.client.createTopics([topic])
        #expect(made[topic.name]?.isDone == true, "\(made)")
    }

    @Test func replicasOnOtherBrokersAreADifference() async throws {
        try await withStage({ try await Self.create(Self.orders, $0) }) { target in
            var elsewhere = Self.orders
            elsewhere.assignments = [0: [2]]
            try await Self.create(elsewhere, target)
        } _: { stage in
            let validated = await stage.validate()
            #expect(
                validated.code == .validationFailed && validated.text.hasPrefix("The target is not as the snapshot."), "\(validated.text)")
            #expect(validated.text.contains("its replicas stay on other brokers than in the snapshot"), "\(validated.text)")
            let shell = FakeShell(variables: ["TIDEMARK_REPOSITORY": "\(stage.directory)/repository"])
            #expect(await shell.run("plan", "--existing", "update", "--bootstrap-server", stage.servers) == .partial)
            #expect(!shell.output.text.contains("already is as the snapshot"), "\(shell.output.text)")
        }
    }

    /// The policy's `offsets: none` is about what a restore commits.
    @Test(arguments: ["none", "start"]) func positionsAreComparedWhateverAPolicysRestoresDoAboutThem(_ mode: String) async throws {
        try await withStage {
            try await Self.create(Self.orders, $0)
            _ = try await $0.client.commitOffsets(
                group: "billing", [TopicPartition("orders", 0): CommittedOffset(offset: 500, metadata: "")])
        } target: { target in
            try await Self.create(Self.orders, target)
            guard mode == "start" else { return }
            _ = try await target.client.commitOffsets(
                group: "billing", [TopicPartition("orders", 0): CommittedOffset(offset: 0, metadata: "")])
        } _: { stage in
            let policy = "\(stage.directory)/policy.yaml"
            let text = """
                version: 1
                clusters:
                  - name: shop
                    bootstrapServers: ["\(stage.servers.split(separator: ",").joined(separator: "\", \""))"]
                    repository: \(stage.directory)/repository
                    backup: { every: 1h }
                    restore: { offsets: \(mode) }

                """
            try Data(text.utf8).write(to: URL(filePath: policy))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: policy)
            let validated = await stage.validate("--policy", policy)
            #expect(validated.code == .validationFailed, "\(validated.text)")
            #expect(validated.text.contains("billing"), "\(validated.text)")
            let asked = await stage.validate("--policy", policy, "--offsets", "none")
            #expect(asked.code == .success && asked.text.contains("no position is restored, as asked"), "\(asked.text)")
        }
    }

    @Test func whatCouldNotBeComparedIsNoDifferenceAndNoEquality() async throws {
        try await withStage(
            { source in
                try await Self.create(Self.orders, source)
                _ = try await source.registry?.register(Registration(schema: Schema(text: "\"string\"")), under: "orders-value")
            }, target: { try await Self.create(Self.orders, $0) }, withRegistry: true
        ) { stage in
            let validated = await stage.validate()
            #expect(validated.code == .partial, "\(validated.text)")
            #expect(validated.text.hasPrefix("The target is as the snapshot, but for what follows.\n"), "\(validated.text)")
            #expect(validated.text.contains("Not compared (1)") && validated.text.contains("no registry of the target is named"))
            let different = await stage.validate("--bootstrap-server", stage.servers, "--schema-registry", stage.registry)
            #expect(different.code == .validationFailed && different.text.contains("orders-value"), "\(different.text)")
        }
    }
}
