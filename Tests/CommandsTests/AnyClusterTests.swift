import Bytes
import ClusterFixture
import Foundation
import KafkaClient
import Resources
import SchemaRegistryClient
import SnapshotModel
import Testing
import Waiting

/// The real program as an operator runs it, on a simulated cluster or the real one that the environment names, whatever else is on it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct AnyClusterTests {
    @Test func whatWasLostComesBackAndTheProgramProvesIt() async throws {
        try await onACluster { stage in
            try await stage.backUpAll()
            let shown = try await stage.json("show", "--kind", "topics", "--id", "\(stage.prefix)*", cluster: false)
            #expect(shown["documents"]?.array?.count == 2)
            #expect(try await stage.json("snapshots", cluster: false)["snapshots"]?.array?.isEmpty == false)
            #expect(try await stage.run("diff", "--live", "--exit-code").code == 0, "nothing has changed yet")

            try await ClusterFixture.clear(stage.prefix, on: stage.source)
            let difference = try await stage.run("diff", "--live", "--exit-code")
            #expect(difference.code == 20, "\(difference.errors)")
            #expect(difference.output.contains("- \(stage.prefix)orders\n"), "\(difference.output)")

            let refused = try await stage.run("plan", "--offsets", "exact")
            #expect(refused.code == 13, "the source is no target unless that is said: \(refused.output)")
            let unasked = try await stage.run("restore", "--offsets", "exact", "--allow-same-cluster")
            #expect(unasked.code == 64, "\(unasked.errors)")
            let restored = try await stage.run("restore", "--offsets", "exact", "--allow-same-cluster", "--yes")
            #expect(restored.code == 0, "\(restored.output) \(restored.errors)")
            try await until("every broker shows it") { try await stage.run("diff", "--live", "--exit-code").code == 0 }
            let again = try await stage.run("restore", "--offsets", "exact", "--allow-same-cluster", "--yes")
            #expect(again.code == 12, "nothing is left to do: \(again.output)")
        }
    }

    @Test func whatWasAlteredIsAConflictUntilTheOperatorAsksForTheUpdate() async throws {
        try await onACluster { stage in
            try await stage.backUpAll()
            _ = try await stage.source.client.alterConfigs([ConfigChange(.topic(stage.orders), ["retention.ms": .set("77000")])])
            try await until("every broker shows it") { try await stage.run("diff", "--live", "--exit-code").code == 20 }
            let plan = try await stage.run("plan", "--offsets", "exact", "--allow-same-cluster")
            #expect(plan.code == 13, "\(plan.output)")
            let updated = try await stage.run("restore", "--existing", "update", "--offsets", "exact", "--allow-same-cluster", "--yes")
            #expect(updated.code == 0, "\(updated.output) \(updated.errors)")
            try await until("every broker shows it") { try await stage.run("diff", "--live", "--exit-code").code == 0 }
        }
    }

    @Test func aSecondSnapshotAgainstTheFirstNamesWhatCame() async throws {
        try await onACluster { stage in
            #expect(try await stage.run("backup").code == 0)
            _ = try await stage.source.client.createTopics([
                NewTopic(name: stage.prefix + "later", partitions: 1, replicationFactor: 1)
            ])
            try await until("the topic is seen") { try await stage.run("diff", "--live", "--exit-code").code == 20 }
            #expect(try await stage.run("backup").code == 0)
            let difference = try await stage.run("diff", "latest~1", "latest", "--exit-code", cluster: false)
            #expect(difference.code == 20 && difference.output.contains("+ \(stage.prefix)later\n"), "\(difference.output)")
        }
    }

    private func onACluster(_ body: @Sendable (AnyClusterStage) async throws -> Void) async throws {
        try await ClusterFixture.addressed { source, addresses, prefix in
            try await withDirectory { directory in
                let stage = AnyClusterStage(source: source, addresses: addresses, prefix: prefix, repository: "\(directory)/repository")
                do {
                    try await stage.fill()
                    try await body(stage)
                } catch {
                    try? await ClusterFixture.clear(prefix, on: source)
                    throw error
                }
                try await ClusterFixture.clear(prefix, on: source)
            }
        }
    }
}

/// Two topics and a group, all named with the test's own prefix.
private struct AnyClusterStage: Sendable {
    let source: Source
    let addresses: ClusterFixture.Addresses
    let prefix: ByteString
    let repository: String

    var orders: ByteString { prefix + "orders" }

    func fill() async throws {
        #expect(try await run("init", cluster: false).code == 0)
        let topics = [
            NewTopic(name: orders, partitions: 4, replicationFactor: 1, configs: ["retention.ms": "86400000"]),
            NewTopic(name: prefix + "payments", partitions: 1, replicationFactor: 1),
        ]
        for (name, result) in try await source.client.createTopics(topics) { #expect(result.isDone, "\(name): \(result)") }
        // A coordinator may hear of the topic a moment after the others.
        try await until("the position is committed") {
            try await source.client.commitOffsets(
                group: prefix + "billing", [TopicPartition(orders, 0): CommittedOffset(offset: 0, metadata: "m")]
            ).values.allSatisfy(\.isDone)
        }
        try await until("the topics are seen") {
            try await source.client.describeTopics(topics.map(\.name)).allSatisfy { topic in
                !topic.partitions.isEmpty && topic.partitions.allSatisfy { $0.leader != nil }
            }
        }
    }

    /// Only what is the test's own, where the verb may choose.
    private func line(_ verb: String, _ options: [String], _ cluster: Bool) -> [String] {
        var line = [verb] + options + ["--repo", repository]
        if cluster {
            line += ["--bootstrap-server", addresses.bootstrap]
            line += ["--only", "topics:\(prefix)*", "--only", "consumer-groups:\(prefix)*"]
        }
        return line
    }

    /// Of the whole cluster, as a restore of a snapshot that holds a selection is never whole; again where others on a real cluster
    /// moved something meanwhile.
    func backUpAll() async throws {
        try await until("a backup is whole") {
            try await Binary.run(["backup", "--repo", repository, "--bootstrap-server", addresses.bootstrap]).code == 0
        }
    }

    func run(_ verb: String, _ options: String..., cluster: Bool = true) async throws -> Binary.Ended {
        try await Binary.run(line(verb, options, cluster))
    }

    func json(_ verb: String, _ options: String..., cluster: Bool = true) async throws -> JSON {
        let ended = try await Binary.run(line(verb, options + ["--json"], cluster))
        #expect(ended.code == 0, "\(ended.errors)")
        return try JSON.parse(Array(ended.output.utf8.drop { $0 != UInt8(ascii: "{") }.filter { $0 != UInt8(ascii: "\n") }))
    }
}
