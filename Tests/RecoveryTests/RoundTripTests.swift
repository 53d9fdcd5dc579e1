import Bytes
import ClusterFixture
import Host
import KafkaClient
import Repository
import Resources
import SchemaRegistryClient
import SnapshotModel
import Storage
import Testing
import Waiting

@testable import Recovery

/// Lost and found again on one cluster: a simulated one, or the real one that the environment names, whatever else is on it.
@Suite(.serialized) struct RoundTripTests {
    @Test func whatWasDeletedComesBackAndIsProved() async throws {
        try await onACluster { stage in
            let snapshot = try await stage.capture().snapshot
            try await stage.clear()
            let plan = try await stage.plan(snapshot, .validate)
            // A registry without import mode gives new ids, and that is said.
            let keepsIDs = try await stage.source.registry?.probe(forWriting: true).keepsIDs ?? true
            #expect(plan.conflicts == [] && plan.losses.map(\.kind) == (keepsIDs ? [] : [.schemas]), "\(plan.losses)")
            #expect(Set(plan.steps.map(\.action)).isSuperset(of: ["create", "commit"]))
            let report = try await stage.replay().run(plan)
            #expect(
                report.verdict == (report.schemaIDs.isEmpty ? .restored : .partial),
                "\(report.failed) \(report.differences) \(report.problems)")
            let again = try await stage.plan(snapshot, .validate)
            #expect(again.steps == [] && again.conflicts == [])
            #expect(try await stage.replay().run(again).verdict == .nothingToDo)
            let live = try await Comparison.live(
                snapshot, in: stage.repository, source: stage.source, selection: stage.selection, kinds: stage.kinds)
            #expect(live.kinds.allSatisfy { $0.kind == .schemas && !keepsIDs }, "\(live.kinds)")
        }
    }

    @Test func whatWasAlteredIsNamedAndPutBackWhereThatIsAskedFor() async throws {
        try await onACluster { stage in
            let snapshot = try await stage.capture().snapshot
            _ = try await stage.source.client.alterConfigs([ConfigChange(.topic(stage.orders), ["retention.ms": .set("77000")])])
            try await until("the change is seen") {
                let live = try await Comparison.live(
                    snapshot, in: stage.repository, source: stage.source, selection: stage.selection, kinds: stage.kinds)
                return live.kinds.flatMap(\.changes).map(\.id) == [ResourceID(stage.orders)]
            }
            #expect(try await stage.plan(snapshot, .validate).conflicts.map(\.id) == [ResourceID(stage.orders)])
            let plan = try await stage.plan(snapshot, .update)
            #expect(plan.conflicts == [] && plan.steps.map(\.action) == ["alter"])
            #expect(try await stage.replay().run(plan).verdict == .restored)
        }
    }

    @Test func aSecondSnapshotIsTheChildOfTheFirst() async throws {
        try await onACluster { stage in
            let first = try await stage.capture()
            let second = try await stage.capture()
            #expect(second.parent == first.snapshot)
            #expect(try await stage.repository.check(readData: true).isSound)
        }
    }

    @Test func aPositionBelowZeroIsCapturedAndNotPutBackUnseen() async throws {
        try await onACluster { stage in
            let group = stage.orders + "-odd"
            let position = [TopicPartition(stage.orders, 1): CommittedOffset(offset: -5, metadata: "")]
            try await until("the position is committed") {
                try await stage.source.client.commitOffsets(group: group, position).values.allSatisfy(\.isDone)
            }
            let snapshot = try await stage.capture().snapshot
            let section = try #require(try await stage.repository.manifest(snapshot).section(.consumerGroups, .desired))
            let document = try await stage.repository.document(ResourceID(group, stage.orders), in: section.root)
            #expect(document?.body["offsets"] == .array([.integer(-5)]))
            try await stage.clear()
            #expect(try await stage.plan(snapshot, .validate).conflicts.map(\.id) == [ResourceID(group, stage.orders)])
        }
    }

    private func onACluster(_ body: @Sendable (Stage) async throws -> Void) async throws {
        try await ClusterFixture.run { source, prefix in
            let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
            let stage = try Stage(source: source, repository: repository, prefix: prefix)
            try await stage.fill()
            do {
                try await body(stage)
            } catch {
                try? await stage.clear()
                throw error
            }
            try await stage.clear()
        }
    }
}

/// Two topics, a group and, where there is a registry, a subject, all named with the test's own prefix.
private struct Stage: Sendable {
    let source: Source
    let repository: Repository
    let selection: Selection
    let orders: ByteString
    private let prefix: ByteString

    init(source: Source, repository: Repository, prefix: ByteString) throws {
        self.source = source
        self.repository = repository
        self.prefix = prefix
        orders = prefix + "orders"
        let kinds = ["topics", "consumer-groups"] + (source.registry == nil ? [] : ["schemas"])
        selection = Selection(only: try kinds.map { try Selection.Rule("\($0):\(prefix)*") })
    }

    var kinds: [any Kind] { source.registry == nil ? Kinds.all.filter { $0.name != .schemas } : Kinds.all }

    func fill() async throws {
        let topics = [
            NewTopic(name: orders, partitions: 4, replicationFactor: 1, configs: ["retention.ms": "86400000"]),
            NewTopic(name: prefix + "payments", partitions: 1, replicationFactor: 1),
        ]
        for (name, result) in try await source.client.createTopics(topics) { #expect(result.isDone, "\(name): \(result)") }
        try await until("the topics are visible") {
            try await source.client.describeTopics(topics.map(\.name)).allSatisfy { topic in
                !topic.partitions.isEmpty && topic.partitions.allSatisfy { $0.leader != nil }
            }
        }
        // A coordinator may see the topics a moment after the others.
        try await until("the positions are committed") {
            try await source.client.commitOffsets(
                group: prefix + "billing",
                [
                    TopicPartition(orders, 0): CommittedOffset(offset: 5, metadata: "m"),
                    TopicPartition(orders, 3): CommittedOffset(offset: 0, metadata: ""),
                ]
            ).values.allSatisfy(\.isDone)
        }
        guard let registry = source.registry else { return }
        let name = prefix.description.filter { $0.isLetter || $0.isNumber }
        for fields in [#"{"name":"a","type":"int"}"#, #"{"name":"a","type":"int"},{"name":"b","type":"int","default":0}"#] {
            let text = #"{"type":"record","name":"O\#(name)","fields":[\#(fields)]}"#
            _ = try await registry.register(
                Registration(schema: Schema(type: Schema.avro, text: ByteString(text))), under: orders + "-value")
        }
    }

    func capture() async throws -> CaptureReport {
        try await Capture(
            source: source, repository: repository, kinds: kinds, options: Capture.Options(toolVersion: "test"), time: HostTime()
        ).run()
    }

    func plan(_ snapshot: SnapshotID, _ existing: ExistingPolicy) async throws -> Plan {
        var options = RestoreOptions()
        options.selection = selection
        options.offsets = .exact
        options.existing = existing
        options.allowSameCluster = true
        return try await Planning(repository: repository, snapshot: snapshot, target: source, options: options, kinds: kinds).run()
    }

    func replay() -> Replay { Replay(repository: repository, target: source, kinds: kinds, time: HostTime(), chance: HostChance()) }

    /// Deletes all of it, as far as it is there.
    func clear() async throws {
        try await ClusterFixture.clear(prefix, on: source)
        if let registry = source.registry {
            for forGood in [false, true] { _ = try? await registry.delete(orders + "-value", forGood: forGood) }
        }
    }
}
