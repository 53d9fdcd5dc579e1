import Bytes
import ClusterFixture
import Foundation
import KafkaClient
import Resources
import SnapshotModel
import Testing

@testable import Commands

/// The agent went on after the disaster, and somebody restores in the night.
@Suite struct SuspectRestoreTests {
    private struct Stage: Sendable {
        let repository: String
        let lost: Source
        let source: String
        let target: String

        func run(_ arguments: String...) async -> (code: ExitCode?, output: String, errors: String) { await run(arguments) }

        func run(_ arguments: [String]) async -> (code: ExitCode?, output: String, errors: String) {
            let shell = FakeShell(variables: ["NO_COLOR": "1", "TIDEMARK_REPOSITORY": repository])
            let code = await shell.run(arguments)
            return (code, shell.output.text, shell.errors.text)
        }

        func onto(_ verb: String, _ arguments: String...) async -> (code: ExitCode?, output: String, errors: String) {
            await run([verb] + arguments + ["--bootstrap-server", target, "--offsets", "start"])
        }

        func backUp(_ arguments: String...) async throws -> (code: ExitCode?, id: String) {
            let ended = await run(["backup", "--bootstrap-server", source, "--json"] + arguments)
            let id = try JSON.parse(Array(ended.output.utf8.dropLast()))["snapshot"]?.text?.validText
            return (ended.code, try #require(id))
        }
    }

    private func withEmptyStage(_ body: @Sendable @escaping (Stage) async throws -> Void) async throws {
        try await withDirectory { directory in
            try await ClusterFixture.simulated { source, cluster in
                try await ClusterFixture.simulated { _, target in
                    let stage = Stage(
                        repository: "\(directory)/repository", lost: source, source: cluster.bootstrapServers,
                        target: target.bootstrapServers)
                    #expect(await stage.run("init").code == .success)
                    try await body(stage)
                }
            }
        }
    }

    /// Twelve topics of which two are left; the third snapshot is of positions alone.
    private func withStage(_ body: @Sendable @escaping (Stage, _ whole: String, _ suspect: String, _ narrowed: String) async throws -> Void)
        async throws
    {
        try await withEmptyStage { stage in
            let topics = (0..<12).map { NewTopic(name: ByteString("orders-\($0)"), partitions: 1, replicationFactor: 1) }
            for (name, result) in try await stage.lost.client.createTopics(topics) { #expect(result.isDone, "\(name): \(result)") }
            _ = try await stage.lost.client.commitOffsets(
                group: "payments", [TopicPartition("orders-11", 0): CommittedOffset(offset: 0, metadata: "")])
            let whole = try await stage.backUp()
            #expect(whole.code == .success)
            _ = try await stage.lost.client.deleteTopics((0..<10).map { ByteString("orders-\($0)") })
            let suspect = try await stage.backUp()
            #expect(suspect.code == .suspect)
            let narrowed = try await stage.backUp("--only", "consumer-groups")
            #expect(narrowed.code == .success)
            try await body(stage, whole.id, suspect.id, narrowed.id)
        }
    }

    @Test func latestIsTheLastOneThatIsWholeAndSaysWhatItPassedOver() async throws {
        try await withStage { stage, whole, suspect, narrowed in
            let shown = await stage.run("show")
            #expect(shown.output.hasPrefix("Snapshot \(whole)\n"), "\(shown.output)")
            #expect(shown.errors.hasPrefix("warning: latest is snapshot \(whole.prefix(12)) of "), "\(shown.errors)")
            #expect(
                shown.errors.contains("passed over: \(suspect.prefix(12)) of ")
                    && shown.errors.contains(", suspect; \(narrowed.prefix(12)) of "))
            #expect(shown.errors.contains(", narrowed to +consumer-groups. Give an id to take one of them."))
            let plan = await stage.onto("plan", "--json")
            let json = try JSON.parse(Array(plan.output.utf8.dropLast()))
            #expect(plan.code == .success && json["snapshot"] == .text(whole) && json["suspicion"] == .null)
            let passedOver = json["passedOver"]?.array ?? []
            #expect(passedOver.map { $0["id"] } == [.text(narrowed), .text(suspect)])
            #expect(passedOver.map { $0["why"] } == ["narrowed", "suspect"] && passedOver.first?["selection"] == "+consumer-groups")
            #expect(passedOver.allSatisfy { $0["reference"] == "latest" })
            let difference = await stage.run("diff", "latest", "latest:any~1", "--exit-code")
            #expect(difference.code == .different && difference.output.contains("- orders-0\n"), "\(difference.output)")
            let pinned = await stage.run("pin", "latest")
            #expect(pinned.output.hasPrefix("Snapshot \(whole.prefix(12)) is pinned") && pinned.errors.hasPrefix("warning: latest is "))
            let restored = await stage.onto("restore", "--yes")
            #expect(restored.code == .success && restored.errors.contains("passed over"), "\(restored.output)\(restored.errors)")
        }
    }

    @Test func aSuspectOneThatIsNamedIsRestoredAndItsLossesAreTold() async throws {
        try await withStage { stage, whole, suspect, _ in
            let plan = await stage.onto("plan", suspect)
            #expect(plan.code == .partial && plan.errors.isEmpty)
            let lines = plan.output.split(separator: "\n")
            let reason = "topics: 2 documents, snapshot \(whole.prefix(12)) has 12"
            #expect(lines[2] == "The snapshot is suspect: \(reason).", "\(plan.output)")
            #expect(lines[3].hasPrefix("The last one before it that is not: \(whole.prefix(12)) of "))
            let json = try JSON.parse(Array(await stage.onto("plan", suspect, "--json").output.utf8.dropLast()))
            #expect(json["suspicion"]?["reasons"] == .array([.text(reason)]) && json["suspicion"]?["sound"]?["id"] == .text(whole))
            #expect(json["losses"]?.array?.map { $0["kind"] } == ["topics"])
            let restored = await stage.onto("restore", suspect, "--yes")
            #expect(restored.code == .partial && restored.output.contains("Restored in part"), "\(restored.output)")
            #expect(restored.output.contains("not restored: topics: the snapshot is suspect"), "\(restored.output)")
            let validated = await stage.onto("restore", suspect, "--stage", "validate")
            #expect(validated.code == .partial)
            #expect(validated.output.hasPrefix("The target is as the snapshot, but for what follows.\n"), "\(validated.output)")
            #expect(validated.output.contains("topics: the snapshot is suspect"), "\(validated.output)")
            #expect(await stage.onto("plan", suspect, "--only", "consumer-groups").code == .partial, "never as if all were well")
        }
    }

    @Test func aDamagedNewestIsNoReasonToSayThatAllIsBack() async throws {
        try await withEmptyStage { stage in
            _ = try await stage.lost.client.createTopics([NewTopic(name: "orders", partitions: 1, replicationFactor: 1)])
            let older = try await stage.backUp().id
            _ = try await stage.lost.client.createTopics([NewTopic(name: "brand-new", partitions: 1, replicationFactor: 1)])
            let newer = try await stage.backUp().id
            let manifests = "\(stage.repository)/snapshots"
            let files = try #require(FileManager.default.enumerator(atPath: manifests)).compactMap { $0 as? String }
            let file = try #require(files.first { $0.contains(newer) })
            try Data("{}".utf8).write(to: URL(fileURLWithPath: "\(manifests)/\(file)"))

            let plan = await stage.onto("plan", "--json")
            let json = try JSON.parse(Array(plan.output.utf8.dropLast()))
            #expect(plan.code == .partial && json["snapshot"] == .text(ByteString(older)))
            #expect(json["passedOver"]?.array?.map { $0["why"] } == ["damaged"])
            let restored = await stage.onto("restore", "--yes")
            #expect(restored.code == .partial && restored.errors.contains("warning: latest is snapshot \(older.prefix(12)) of "))
            #expect(restored.output.contains("a newer one is damaged, \(newer.prefix(12)) of "), "\(restored.output)")
            let named = await stage.onto("restore", older, "--yes")
            #expect(named.code == .nothingToDo && named.errors.isEmpty, "\(named.output)\(named.errors)")
        }
    }

    @Test func whoForgetsByAPlaceThatIsNotClearIsAskedForTheID() async throws {
        try await withStage { stage, whole, suspect, narrowed in
            for reference in ["latest", "latest~1"] {
                let refused = await stage.run("forget", reference, "--yes")
                #expect(refused.code == .usage && refused.errors.contains("\(reference) is not clear here"), "\(refused.errors)")
            }
            let gone = await stage.run("forget", "latest:any~1", "--yes")
            #expect(gone.code == .success, "\(gone.errors)")
            let listed = await stage.run("snapshots")
            #expect(listed.output.contains(whole.prefix(12)) && listed.output.contains(narrowed.prefix(12)))
            #expect(!listed.output.contains(suspect.prefix(12)))
        }
    }
}
