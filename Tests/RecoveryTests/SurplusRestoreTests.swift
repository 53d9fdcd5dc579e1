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

/// Restores onto a target that has more of a resource than the snapshot, and what comes back late.
@Suite(.timeLimit(.minutes(2))) struct SurplusRestoreTests {
    @Test func anUpdateThatLeavesMoreThereIsPartialHoweverOftenItIsGiven() async throws {
        let (repository, snapshot) = try await snapshot { source in
            try await create([Self.orders], source)
        }
        try await ClusterFixture.simulated { target, _ in
            try await create([Self.orders], target)
            let change = ConfigChange(.topic("orders"), ["cleanup.policy": .set("compact"), "retention.bytes": .set("1")])
            #expect(try await target.client.alterConfigs([change])[.topic("orders")]?.isDone == true)
            for _ in 1...2 {
                let plan = try await plan(repository, snapshot, target, .update)
                #expect(plan.losses.map(\.why) == ["it keeps configs cleanup.policy, retention.bytes, which the snapshot does not have"])
                #expect(try await replay(repository, target).run(plan).verdict == .partial)
            }
            #expect(try await plan(repository, snapshot, target, .validate).conflicts.map(\.id) == ["orders"])
        }
    }

    /// They would slow down whatever the restore has others do.
    @Test func ratesOfReplicationComeBackAfterEverythingElse() async throws {
        let rates: [ByteString: ConfigChange.Operation] = [
            "leader.replication.throttled.rate": .set("1000000"), "follower.replication.throttled.rate": .set("2000000"),
            "replica.alter.log.dirs.io.max.bytes.per.second": .set("3000000"),
        ]
        let (repository, snapshot) = try await snapshot { source in
            try await create([Self.orders], source)
            let changes = [
                ConfigChange(.broker(1), rates.merging(["log.cleaner.backoff.ms": .set("12345")]) { first, _ in first }),
                ConfigChange(.clusterDefault, ["follower.replication.throttled.rate": .set("4000000")]),
            ]
            for (resource, result) in try await source.client.alterConfigs(changes) { #expect(result.isDone, "\(resource)") }
        }
        try await ClusterFixture.simulated { target, _ in
            let plan = try await plan(repository, snapshot, target, .validate)
            #expect(plan.conflicts == [] && plan.losses == [], "\(plan.conflicts) \(plan.losses)")
            let report = try await replay(repository, target).run(plan)
            #expect(report.verdict == .restored, "\(report.failed) \(report.differences)")
            #expect(
                report.entries.map { "\($0.step.stage) \($0.step.kind) \($0.step.id) \($0.step.to?.object?.count ?? 0)" } == [
                    "cluster broker-configs 1 1", "topics topics orders 4", "offsets broker-configs  1", "offsets broker-configs 1 3",
                ])
            guard case .entries(let entries) = try await target.client.describeConfigs([.broker(1)]).value[.broker(1)] else {
                Issue.record("its configs are not told")
                return
            }
            for (name, operation) in rates { #expect(entries.first { $0.name == name }?.value.map { .set($0) } == operation) }
            let again = try await self.plan(repository, snapshot, target, .validate)
            #expect(again.steps == [] && again.conflicts == [] && again.losses == [])
        }
    }

    /// What the registry refuses of one subject is no reason to leave the others, and the positions, as they are.
    @Test func positionsComeBackThoughASchemaIsRefused() async throws {
        let (repository, snapshot) = try await snapshot { source in
            try await create([Self.orders], source)
            _ = try await source.client.commitOffsets(
                group: "billing", [TopicPartition("orders", 0): CommittedOffset(offset: 0, metadata: "")])
            let registry = try #require(source.registry)
            for subject in ["a", "b", "c"] {
                let text = #"{"type":"record","name":"\#(subject)","fields":[]}"#
                _ = try await registry.register(Registration(schema: Schema(text: ByteString(text))), under: ByteString(subject))
            }
        }
        try await SimulatedCluster.withCluster(time: HostTime(), chance: HostChance()) { cluster in
            try await RegistryServer.withRegistry(SimulatedRegistryConfiguration(flavour: .confluent), time: HostTime()) { registry, url in
                try await ClusterFixture.withSource(bootstrap: cluster.bootstrapServers, registry: url) { target in
                    let plan = try await plan(repository, snapshot, target, .validate)
                    #expect(plan.conflicts == [], "\(plan.conflicts)")
                    registry.inject(.status(422), of: "POST", holding: "/subjects/a/versions")
                    let report = try await replay(repository, target).run(plan)
                    #expect(report.verdict == .validationFailed)
                    #expect(report.failed.map(\.step.id) == [ResourceID("schema", "a", "1")], "\(report.failed)")
                    #expect(report.entries.contains { $0.step.kind == .consumerGroups && $0.outcome == .done })
                    // The same again completes it.
                    let again = try await self.plan(repository, snapshot, target, .validate)
                    #expect(again.conflicts == [] && again.steps.map(\.id) == [ResourceID("schema", "a", "1")], "\(again.conflicts)")
                    #expect(try await replay(repository, target).run(again).verdict == .restored)
                }
            }
        }
    }

    /// Positions of a group on other topics than those that are restored are not asked for.
    @Test func oneTopicIsRestoredWithThePositionsOnItAlone() async throws {
        let (repository, snapshot) = try await snapshot { source in
            var commits: [TopicPartition: CommittedOffset] = [:]
            for name in ["orders", "other", "third"] as [ByteString] {
                let topic = NewTopic(name: name, partitions: 4, replicationFactor: 1)
                try await create([topic], source)
                for partition in 0..<4 { commits[TopicPartition(name, Int32(partition))] = CommittedOffset(offset: 0, metadata: "") }
            }
            let committed = try await source.client.commitOffsets(group: "billing", commits)
            #expect(committed.values.allSatisfy { $0.isDone })
        }
        try await ClusterFixture.simulated { target, _ in
            func plan(_ rules: String...) async throws -> Plan {
                var options = RestoreOptions()
                options.offsets = .exact
                options.selection = Selection(only: try rules.map { try .init($0) })
                return try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
            }
            let whole = try await plan("topics:orders", "consumer-groups:billing")
            // One for each topic, not for each partition; and each can be left out alone.
            #expect(whole.conflicts.map(\.id) == [ResourceID("billing", "other"), ResourceID("billing", "third")], "\(whole.conflicts)")
            #expect(whole.conflicts.first?.detail == "partitions 0, 1, 2, 3")
            #expect(whole.conflicts.first?.hint.contains("--except consumer-groups:billing/other.") == true)
            let part = try await plan("topics:orders", "consumer-groups:billing/orders")
            #expect(part.conflicts == [] && part.steps.map(\.id) == ["orders", ResourceID("billing", "orders")])
            #expect(try await replay(repository, target).run(part).verdict == .restored)
            let error = await #expect(throws: RecoveryError.self) { try await plan("topics:orders", "consumer-groups:billing/oders") }
            #expect(error?.code == .usage)
        }
    }

    /// Rights on the files, or a share that does not answer: what cannot be read now is not a repository without history.
    @Test func aBackupDoesNotBeginAnewBesideManifestsThatCannotBeRead() async throws {
        let memory = MemoryStorage(time: HostTime())
        _ = try await Repository.initialize(memory, time: HostTime(), chance: HostChance())
        try await ClusterFixture.simulated { source, _ in
            try await create([Self.orders], source)
            func backUp(_ storage: any Storage) async throws -> CaptureReport {
                let repository = try await Repository.open(storage, time: HostTime(), chance: HostChance())
                return try await Capture(
                    source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime()
                ).run()
            }
            _ = try await backUp(memory)
            let unread = FaultyStorage(memory) { verb, path in
                guard verb == .get, "\(path ?? "store")".hasPrefix("snapshots/") else { return nil }
                return .refuse(StorageError(code: .notReadable, path: "\(path ?? "store")", message: "permission denied", hint: "none."))
            }
            let error = await #expect(throws: RepositoryError.self) { _ = try await backUp(unread) }
            #expect(error?.damage?.sort == .unreadable, "\(String(describing: error))")
            #expect(memory.list("snapshots", after: nil, limit: 9).count == 1)
            #expect(try await backUp(memory).manifest.lineage.parent != nil)
        }
    }

    // MARK: Steps

    private static let orders = NewTopic(name: "orders", partitions: 2, replicationFactor: 1)

    private func create(_ topics: [NewTopic], _ source: Source) async throws {
        for (name, result) in try await source.client.createTopics(topics) { #expect(result.isDone, "\(name)") }
    }

    private func snapshot(_ fill: @Sendable (Source) async throws -> Void) async throws -> (Repository, SnapshotID) {
        let repository = try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
        let snapshot = try await ClusterFixture.simulated { source, _ in
            try await fill(source)
            let report = try await Capture(
                source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime()
            ).run()
            #expect(report.manifest.certificate.grade == .stable, "\(report.manifest.certificate)")
            return report.snapshot
        }
        return (repository, snapshot)
    }

    private func plan(
        _ repository: Repository, _ snapshot: SnapshotID, _ target: Source, _ existing: ExistingPolicy
    ) async throws -> Plan {
        var options = RestoreOptions()
        (options.offsets, options.existing) = (.exact, existing)
        return try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
    }

    private func replay(_ repository: Repository, _ target: Source) -> Replay {
        Replay(repository: repository, target: target, time: HostTime(), chance: HostChance())
    }
}
