import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaProtocol
import KafkaSimulator
import Logging
import NIOPosix
import Repository
import Resources
import SchemaRegistryClient
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// A restore of which the answer to one write is lost: what became of it is looked up, and done again where it was not done. Nothing that
/// stands on the target as planned is a failure.
@Suite struct LostAnswerTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var effect: Fault.Effect
        var api: APIKey
        var testDescription: String { "\(api) \(effect)" }
    }

    /// Done and not answered, and neither, of every call that a restore writes with.
    static let cases: [Case] = [APIKey.createTopics, .createPartitions, .incrementalAlterConfigs, .offsetCommit].flatMap { api in
        [Fault.Effect.cut(afterBytes: 0), .close, .belie(.requestTimedOut), .error(.requestTimedOut)].map { Case(effect: $0, api: api) }
    }

    @Test(arguments: cases) func ofACallToABroker(_ lost: Case) async throws {
        try await restoring { cluster, _ in
            cluster.inject(Fault(lost.effect, of: lost.api))
        } check: { report in
            #expect(report.verdict == .restored, "\(report.failed) \(report.differences) \(report.problems)")
            #expect(report.entries.allSatisfy { $0.outcome == .done } && report.entries.count >= 7)
        }
    }

    @Test(arguments: [RegistryFault.dropAfterServing, .drop], ["POST", "PUT", "DELETE"])
    func ofACallToTheRegistry(_ fault: RegistryFault, _ method: String) async throws {
        try await restoring { _, registry in
            // The first of the probe's own calls is another matter.
            registry.inject(fault, of: method, holding: method == "POST" ? "/versions" : "orders")
        } check: { report in
            #expect(report.verdict == .restored, "\(report.failed) \(report.differences) \(report.problems)")
        }
    }

    /// A write that is lost each time stays unknown, and says so.
    @Test func whatIsLostEachTimeIsNoSuccess() async throws {
        try await restoring { cluster, _ in
            cluster.inject(Fault(.close, of: .incrementalAlterConfigs, times: nil))
        } check: { report in
            #expect(report.verdict == .validationFailed)
            #expect(report.failed.contains { if case .unknown = $0.outcome { true } else { false } })
        }
    }

    // MARK: The line

    private func restoring(
        _ harm: @escaping @Sendable (SimulatedCluster, SimulatedRegistry) -> Void, check: @Sendable (RunReport) throws -> Void
    ) async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await withBoth { source, _, _ in
            try await seed(source)
            let report = try await Capture(
                source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime()
            ).run()
            #expect(report.manifest.certificate.grade == .stable, "\(report.manifest.certificate)")
        }
        let snapshot = try await repository.resolve("latest")
        try await withBoth { target, cluster, registry in
            // Something to grow and to alter.
            _ = try await target.client.createTopics([NewTopic(name: "orders", partitions: 2, replicationFactor: 3)])
            var options = RestoreOptions()
            (options.offsets, options.existing) = (.exact, .update)
            let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
            #expect(plan.conflicts == [], "\(plan.conflicts)")
            harm(cluster, registry)
            let report = try await Replay(repository: repository, target: target, time: HostTime(), chance: HostChance()).run(plan)
            try check(report)
        }
    }

    private func withBoth(_ body: @Sendable (Source, SimulatedCluster, SimulatedRegistry) async throws -> Void) async throws {
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(SimulatedRegistryConfiguration(flavour: .confluent), time: HostTime()) { registry, url in
                try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: url) { source in
                    try await body(source, cluster, registry)
                }
            }
        }
    }

    private func seed(_ source: Source) async throws {
        for (name, result) in try await source.client.createTopics([
            NewTopic(name: "orders", partitions: 4, replicationFactor: 3, configs: ["retention.ms": "86400000"]),
            NewTopic(name: "payments", partitions: 1, replicationFactor: 2),
        ]) { #expect(result.isDone, "\(name): \(result)") }
        for (resource, result) in try await source.client.alterConfigs([
            ConfigChange(.broker(2), ["log.cleaner.backoff.ms": .set("12345")]),
            ConfigChange(.clusterDefault, ["log.cleaner.threads": .set("2")]),
        ]) { #expect(result.isDone, "\(resource): \(result)") }
        for group in ["billing", "audit"] {
            for (partition, result) in try await source.client.commitOffsets(
                group: ByteString(group), [TopicPartition("orders", 1): CommittedOffset(offset: 0, metadata: "m\u{0}")])
            { #expect(result.isDone, "\(partition): \(result)") }
        }
        let registry = try #require(source.registry)
        for field in ["a", "b"] {
            let text = ByteString(#"{"type":"record","name":"O","fields":[{"name":"\#(field)","type":"int","default":0}]}"#)
            _ = try await registry.register(Registration(schema: Schema(text: text)), under: "orders-value")
        }
        // Gone again, softly: a restore registers and deletes it.
        try await registry.delete(1, of: "orders-value")
        try await registry.setCompatibility(CompatibilitySetting(level: "FULL"), of: .subject("orders-value"))
    }
}
