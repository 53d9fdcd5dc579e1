import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import Repository
import Resources
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// Clusters that speak Kafka's protocol in part, as services do that keep no logs, have no quorum or set configs elsewhere
/// (docs/kafka-compatibility.md): what is not offered is said to be missing, and is neither an error nor empty.
@Suite struct PartialProtocolTests {
    /// What object-storage services leave out of a release.
    private static let withheld: Set<APIKey> = [
        .describeLogDirs, .describeQuorum, .listTransactions, .describeTransactions, .incrementalAlterConfigs, .consumerGroupDescribe,
        .describeCluster, .electLeaders, .alterPartitionReassignments, .listPartitionReassignments,
    ]

    @Test func whatNobodyCanBeShownIsSaidAndWhatCanBeReadIsThere() async throws {
        try await onAService { source, repository in
            let report = try await capture(source, repository)
            #expect(report.manifest.certificate.grade == .partial, "\(report.manifest.certificate)")
            for kind in [KindName.topics, .consumerGroups] {
                let state = try #require(report.manifest.section(kind, .desired)?.state)
                #expect(state.outcome == .captured && state.unread.isEmpty, "\(kind): \(state)")
                #expect(state.limited?.contains("DescribeLogDirs") == true, "\(kind): \(state)")
            }
            let topics = try #require(report.manifest.section(.topics, .desired))
            #expect(topics.root.documents == 1)
            let positions = try #require(report.manifest.section(.consumerGroups, .desired))
            let document = try await repository.document(ResourceID("audit", "orders"), in: positions.root)
            #expect(document?.body["offsets"] == .array([.integer(0)]))
        }
    }

    @Test func itsSnapshotIsRestoredWithTopicsConfigsAndPositions() async throws {
        try await onAService { source, repository in
            let snapshot = try await capture(source, repository).snapshot
            var configuration = SimulatorConfiguration()
            configuration.withheldCalls = Self.withheld
            try await ClusterFixture.simulated(configuration) { target, _ in
                var options = RestoreOptions()
                options.offsets = .exact
                let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                #expect(plan.conflicts == [])
                let report = try await Replay(repository: repository, target: target, time: HostTime(), chance: HostChance()).run(plan)
                #expect(report.differences == [], "\(report.differences)")
                // What may be hidden on the source is a loss, and no success.
                #expect(report.verdict == .partial, "\(report.verdict)")
                let restored = try await target.client.describeConfigs([.topic("orders")], includeSynonyms: false)
                guard case .entries(let entries)? = restored.value[.topic("orders")] else { throw NotThere() }
                #expect(entries.first { $0.name == "retention.ms" }?.value == "77000")
            }
        }
    }

    private struct NotThere: Error {}

    private func capture(_ source: Source, _ repository: Repository) async throws -> CaptureReport {
        try await Capture(source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime()).run()
    }

    private func onAService(_ body: @Sendable (Source, Repository) async throws -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.withheldCalls = Self.withheld
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated(configuration) { source, _ in
            let created = try await source.client.createTopics([
                NewTopic(name: "orders", partitions: 3, replicationFactor: 3, configs: ["retention.ms": "77000"])
            ])
            for (name, result) in created { #expect(result.isDone, "\(name): \(result)") }
            let committed = try await source.client.commitOffsets(
                group: "audit", [TopicPartition("orders", 1): CommittedOffset(offset: 0, metadata: "")])
            for (partition, result) in committed { #expect(result.isDone, "\(partition): \(result)") }
            try await body(source, repository)
        }
    }
}
