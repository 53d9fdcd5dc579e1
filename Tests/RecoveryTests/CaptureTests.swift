import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaSimulator
import Repository
import Resources
import SchemaRegistryClient
import SnapshotModel
import Storage
import Testing

@testable import Recovery

/// What a backup makes of clusters that are not well.
@Suite(.serialized) struct CaptureTests {
    @Test func anUnchangedClusterWritesNoObjectAgain() async throws {
        try await onACluster { source, _, repository in
            let first = try await capture(source, repository)
            #expect(first.objectsWritten > 0 && !first.isUnchanged)
            let second = try await capture(source, repository)
            #expect(second.objectsWritten == 0 && second.isUnchanged)
            #expect(second.parent == first.snapshot)
            #expect(second.manifest.canonicalBytes.count < 8192)
        }
    }

    @Test func aDeadBrokerIsAnUnreadPartAndTheSnapshotPartial() async throws {
        try await onACluster { source, cluster, repository in
            _ = try await source.client.describeCluster()
            await cluster.killBroker(3)
            let report = try await capture(source, repository)
            #expect(report.manifest.certificate.grade == .partial, "\(report.manifest.certificate)")
            let configs = try #require(report.manifest.section(.brokerConfigs, .desired))
            #expect(configs.state.unread.map(\.what) == ["configs of broker 3"])
        }
    }

    @Test func aSectionThatShrankImplausiblyMakesTheSnapshotSuspect() async throws {
        try await onACluster { source, _, repository in
            _ = try await capture(source, repository)
            let groups = try await source.client.listGroups().value
            for (group, result) in try await source.client.deleteGroups(groups) { #expect(result.isDone, "\(group)") }
            let report = try await capture(source, repository)
            #expect(report.manifest.certificate.grade == .suspect)
            #expect(report.manifest.certificate.reasons.contains { $0.contains("consumer-groups") })
        }
    }

    @Test func anotherClustersSnapshotsAreNotMixedInUnlessSaid() async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, _ in _ = try await capture(source, repository) }
        try await ClusterFixture.simulated { source, _ in
            let error = await #expect(throws: RecoveryError.self) { try await capture(source, repository) }
            #expect(error?.code == .conflict)
            #expect(error?.hint.contains("--accept-new-cluster") == true)
            var options = Capture.Options(toolVersion: "test")
            options.acceptNewCluster = true
            let report = try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
            #expect(report.manifest.lineage.formerClusterIDs.count == 1)
            #expect(report.parent != nil)
        }
    }

    @Test func aSelectionThatFitsNothingPublishesNoSnapshot() async throws {
        try await onACluster { source, _, repository in
            var options = Capture.Options(toolVersion: "test")
            options.selection = Selection(only: [try .init("topics:oders")])
            let error = await #expect(throws: RecoveryError.self) {
                try await Capture(source: source, repository: repository, options: options, time: HostTime()).run()
            }
            #expect(error?.code == .usage)
            let snapshots = try await repository.snapshots()
            #expect(snapshots.isEmpty)
        }
    }

    @Test func theAlarmOfAShrunkenSectionGoesOnUntilItIsWell() async throws {
        try await onACluster { source, _, repository in
            _ = try await capture(source, repository)
            let groups = try await source.client.listGroups().value
            for (group, result) in try await source.client.deleteGroups(groups) { #expect(result.isDone, "\(group)") }
            for _ in 0..<2 {
                let report = try await capture(source, repository)
                #expect(report.manifest.certificate.grade == .suspect)
            }
        }
    }

    @Test func aPositionBelowZeroIsCapturedAndNotPutBackUnseen() async throws {
        try await onACluster { source, _, repository in
            _ = try await source.client.commitOffsets(
                group: "odd", [TopicPartition("orders", 1): CommittedOffset(offset: -5, metadata: "")])
            let snapshot = try await capture(source, repository).snapshot
            let section = try #require(try await repository.manifest(snapshot).section(.consumerGroups, .desired))
            let document = try await repository.document(ResourceID("odd", "orders"), in: section.root)
            #expect(document?.body["offsets"] == .array([.integer(-5)]))
            try await ClusterFixture.simulated { target, _ in
                var options = RestoreOptions()
                options.offsets = .exact
                let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                #expect(plan.conflicts.map(\.id) == [ResourceID("odd", "orders")])
            }
        }
    }

    @Test func aPositionOnAnInternalTopicIsNotedInThePlanAndStandsInNobodysWay() async throws {
        try await onACluster { source, _, repository in
            _ = try await source.client.commitOffsets(
                group: "monitor", [TopicPartition("__consumer_offsets", 3): CommittedOffset(offset: 9, metadata: "")])
            let report = try await capture(source, repository)
            #expect(report.manifest.certificate.grade == .stable, "\(report.manifest.certificate)")
            try await ClusterFixture.simulated { target, _ in
                var options = RestoreOptions()
                options.offsets = .exact
                let plan = try await Planning(repository: repository, snapshot: report.snapshot, target: target, options: options).run()
                #expect(plan.conflicts.isEmpty, "\(plan.conflicts)")
                #expect(plan.notes.contains { $0.id == ResourceID("monitor", "__consumer_offsets") && $0.text.contains("internal topics") })
                #expect(!plan.positions.contains { $0.group == "monitor" })
            }
        }
    }

    @Test func aComparisonNamesWhatChangedAndNothingElse() async throws {
        try await onACluster { source, _, repository in
            let before = try await capture(source, repository).snapshot
            #expect(try await Comparison.live(before, in: repository, source: source).isEmpty)
            _ = try await source.client.alterConfigs([ConfigChange(.topic("orders"), ["retention.ms": .set("77")])])
            let live = try await Comparison.live(before, in: repository, source: source)
            #expect(live.kinds.map(\.kind) == [.topics])
            #expect(live.kinds.first?.changes.map(\.id) == [ResourceID("orders")])
            let after = try await capture(source, repository).snapshot
            let stored = try await Comparison.between(before, after, in: repository)
            #expect(stored.kinds.flatMap(\.changes) == live.kinds.flatMap(\.changes))
        }
    }

    @Test func whatWasNotAskedForIsNotComparedButNamed() async throws {
        try await onACluster { source, _, repository in
            let registry = try #require(source.registry)
            _ = try await registry.register(
                Registration(schema: Schema(type: Schema.avro, text: #"{"type":"string"}"#)), under: "orders-value")
            let before = try await capture(source, repository).snapshot
            let forgetful = Source(client: source.client, registry: nil, time: HostTime())
            let live = try await Comparison.live(before, in: repository, source: forgetful)
            #expect(live.isEmpty, "a registry that was not named has lost nothing: \(live.kinds)")
            #expect(live.caveats.contains { $0.hasPrefix("schemas") && $0.contains("no schema registry was named") }, "\(live.caveats)")
        }
    }

    @Test func aSnapshotOfTopicsAloneKnowsTheBrokersOfItsOwnCluster() async throws {
        try await onACluster { source, _, repository in
            let only = Selection(only: [Selection.Rule(kind: .topics, glob: Glob("orders"))])
            var capturing = Capture.Options(toolVersion: "test")
            capturing.selection = only
            let snapshot = try await Capture(source: source, repository: repository, options: capturing, time: HostTime()).run().snapshot
            let before = try await TopicsKind().observe(Sweep(source)).desired.filter { $0.id == ResourceID("orders") }
            #expect(try await source.client.deleteTopics(["orders"])["orders"]?.isDone == true)
            let all = try await Comparison.live(snapshot, in: repository, source: source)
            #expect(all.caveats.contains { $0.contains("holds a selection only: +topics:orders") }, "\(all.caveats)")
            let same = try await Comparison.live(snapshot, in: repository, source: source, selection: only)
            #expect(same.kinds.flatMap(\.changes).map(\.id) == [ResourceID("orders")] && same.caveats == [], "\(same.caveats)")
            var options = RestoreOptions()
            options.allowSameCluster = true
            let unasked = try await Planning(repository: repository, snapshot: snapshot, target: source, options: options).run()
            #expect(unasked.losses.contains { $0.why.contains("holds a selection only") }, "all was asked for, and is not there")
            options.selection = only
            let plan = try await Planning(repository: repository, snapshot: snapshot, target: source, options: options).run()
            #expect(plan.losses == [], "what was asked for is all there: \(plan.losses)")
            #expect(plan.conflicts == [] && !plan.notes.contains { $0.text.contains("assigns the replicas") }, "\(plan.notes)")
            let report = try await Replay(repository: repository, target: source, time: HostTime(), chance: HostChance()).run(plan)
            #expect(report.differences == [])
            #expect(try await TopicsKind().observe(Sweep(source)).desired.filter { $0.id == ResourceID("orders") } == before)
            // Other brokers, as many: by position, as where the cluster is known.
            var others = SimulatorConfiguration()
            others.brokerIDs = [101, 102, 103]
            try await ClusterFixture.simulated(others) { target, _ in
                let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: RestoreOptions()).run()
                #expect(plan.brokers == [1: 101, 2: 102, 3: 103])
            }
        }
    }

    @Test func aHealthyClusterIsHealthyAndADeadBrokerIsFound() async throws {
        try await onACluster { source, cluster, _ in
            let well = try await HealthCheck(source).run(.full)
            #expect(well.isHealthy, "\(well.findings)")
            await cluster.killBroker(3)
            // Metadata names it no more: those that are up all answer, and that one is not is said all the same.
            let alive = try await HealthCheck(source).run(.liveness)
            let brokers = try #require(alive.findings.first { $0.check == "brokers" })
            #expect(alive.isHealthy && brokers.severity == .warning && brokers.subjects == ["broker 3"], "\(brokers)")
            for probe in [HealthCheck.Probe.readiness, .full] {
                let ill = try await HealthCheck(source).run(probe)
                #expect(!ill.isHealthy, "\(probe): \(ill.findings)")
            }
        }
    }

    // MARK: Steps

    private func capture(_ source: Source, _ repository: Repository) async throws -> CaptureReport {
        try await Capture(source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime()).run()
    }

    private func onACluster(_ body: @Sendable (Source, SimulatedCluster, Repository) async throws -> Void) async throws {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, cluster in
            for (name, result) in try await source.client.createTopics([
                NewTopic(name: "orders", partitions: 6, replicationFactor: 3),
                NewTopic(name: "payments", partitions: 3, replicationFactor: 3),
            ]) { #expect(result.isDone, "\(name): \(result)") }
            for group in ["a", "b", "c", "d", "e", "f", "g", "h"] {
                _ = try await source.client.commitOffsets(
                    group: ByteString(group), [TopicPartition("orders", 1): CommittedOffset(offset: 0, metadata: "")])
            }
            try await body(source, cluster, repository)
        }
    }
}
