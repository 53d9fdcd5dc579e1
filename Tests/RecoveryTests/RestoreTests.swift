import Bytes
import ClusterFixture
import Host
import KafkaClient
import KafkaSimulator
import Repository
import SchemaRegistryClient
import SnapshotModel
import Storage
import Testing

@testable import Recovery
@testable import Resources

/// From one cluster through a repository into another.
@Suite(.serialized) struct RestoreTests {
    @Test func aClusterComesBackOnOtherBrokersAndIsProvedEqual() async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                let plan = try await planning(repository, snapshot, target, offsets: .exact)
                #expect(plan.conflicts == [])
                #expect(plan.losses == [])
                #expect(plan.brokers == [1: 101, 2: 102, 3: 103])
                let report = try await replay(repository, target).run(plan)
                #expect(report.verdict == .restored)
                #expect(report.differences == [])
                #expect(report.entries.allSatisfy { $0.outcome == .done })

                // Applying again finds nothing to do.
                let again = try await planning(repository, snapshot, target, offsets: .exact)
                #expect(again.steps == [])
                #expect(try await replay(repository, target).run(again).verdict == .nothingToDo)

                // And the run left its plan, journal and report.
                let files = try await repository.runFiles(report.run).map(\.name)
                #expect(files.contains("plan.json") && files.contains("report.json") && files.contains { $0.hasPrefix("journal-") })
            }
        }
    }

    @Test func withoutAChoiceOfOffsetsAnEmptyTargetIsAConflictAndNothingIsChanged() async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                let plan = try await planning(repository, snapshot, target, offsets: nil)
                #expect(plan.conflicts.contains { $0.kind == .consumerGroups && $0.hint.contains("--offsets") })
                await #expect(throws: RecoveryError.self) { try await replay(repository, target).run(plan) }
                let topics = try await target.client.describeTopics(nil)
                #expect(topics.filter { !$0.isInternal }.isEmpty)
            }
        }
    }

    @Test func theSourceItselfIsRefusedAsTargetUnlessSaid() async throws {
        try await ClusterFixture.simulated { source, _ in
            try await seed(source)
            let repository = try await emptyRepository()
            let snapshot = try await capture(source, repository).snapshot
            let refused = try await planning(repository, snapshot, source, offsets: .exact)
            #expect(refused.conflicts.contains { $0.hint.contains("--allow-same-cluster") })
            var options = RestoreOptions()
            options.offsets = .exact
            options.allowSameCluster = true
            let allowed = try await Planning(repository: repository, snapshot: snapshot, target: source, options: options).run()
            #expect(allowed.conflicts == [] && allowed.steps == [])
        }
    }

    @Test func aTargetThatChangedSinceThePlanIsRefused() async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                let plan = try await planning(repository, snapshot, target, offsets: .exact)
                _ = try await target.client.createTopics([NewTopic(name: "orders", partitions: 1, replicationFactor: 1)])
                let error = await #expect(throws: RecoveryError.self) { try await replay(repository, target).run(plan) }
                #expect(error?.code == .drift)
            }
        }
    }

    @Test func anExistingTopicIsValidatedUpdatedOrRefusedAsAsked() async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                _ = try await target.client.createTopics([
                    NewTopic(name: "orders", partitions: 2, replicationFactor: 3, configs: ["retention.ms": "1000"])
                ])
                for (policy, expectConflict) in [(ExistingPolicy.validate, true), (.fail, true), (.update, false)] {
                    var options = RestoreOptions()
                    options.selection = Selection(only: [try .init("topics:orders")])
                    options.existing = policy
                    let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                    #expect(plan.conflicts.isEmpty != expectConflict, "\(policy)")
                    if !expectConflict { #expect(plan.steps.map(\.action) == ["grow", "alter"]) }
                }
            }
        }
    }

    @Test func positionsOutsideTheTargetsLogAreMovedIntoItAndSaid() async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                let plan = try await planning(repository, snapshot, target, offsets: .bounded)
                #expect(plan.conflicts == [])
                #expect(plan.positions.contains { if case .clamped(let from) = $0.effect { from == 5 && $0.offset == 0 } else { false } })
                #expect(try await replay(repository, target).run(plan).verdict == .restored)
            }
        }
    }

    @Test func aTypoInASelectionIsAnErrorAndNotAnEmptySuccess() async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                var options = RestoreOptions()
                options.selection = Selection(only: [try .init("topics:oders")])
                let error = await #expect(throws: RecoveryError.self) {
                    try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                }
                #expect(error?.code == .usage)
                #expect(error?.message.contains("topics:oders") == true)
            }
        }
    }

    @Test(arguments: ["nope=x", "nope.*=x.*"]) func aRenameThatFitsNothingIsAnError(_ rule: String) async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                var options = RestoreOptions()
                options.renames = Renaming([try #require(Renaming.Rule(rule))])
                let error = await #expect(throws: RecoveryError.self) {
                    try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                }
                #expect(error?.code == .usage)
            }
        }
    }

    @Test func aNewNameThatIsNoTopicNameIsAConflict() async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                var options = RestoreOptions()
                options.selection = Selection(only: [try .init("topics:orders")])
                options.renames = Renaming([Renaming.Rule(from: "orders", to: "bad/orders")])
                let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                #expect(plan.conflicts.map(\.kind) == [.topics])
                #expect(plan.steps == [])
            }
        }
    }

    @Test func aRegistryWithoutImportModeGivesNewIdsAndThePlanSaysSo() async throws {
        try await withSnapshot { repository, snapshot in
            try await target(.karapace) { target in
                var options = RestoreOptions()
                options.selection = Selection(only: [try .init("schemas")])
                let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                #expect(plan.notes.contains { $0.kind == .schemas && $0.text.contains("cannot keep schema ids") })
                #expect(plan.losses == [SchemasKind.renumbering(1)])
                let report = try await replay(repository, target).run(plan)
                #expect(report.schemaIDs == [], "it happens to be the same id: nothing changed")
                #expect(report.verdict == .restored && report.losses == [], "so nothing is lost: \(report.losses) \(report.failed)")
            }
            try await target(.karapace) { target in
                _ = try await target.registry?.register(Registration(schema: Schema(text: #""long""#)), under: "there-before")
                var options = RestoreOptions()
                options.selection = Selection(only: [try .init("schemas")])
                let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                let report = try await replay(repository, target).run(plan)
                #expect(report.schemaIDs.map(\.from) == [1] && report.schemaIDs.map(\.to) == [2])
                #expect(report.verdict == .partial && report.losses == [SchemasKind.renumbering(1)])
            }
        }
    }

    /// Without the cluster's section the brokers that there were are known from the topics alone.
    @Test func aSelectionOfTopicsComesBackOntoItsOwnClusterAsItWasPlaced() async throws {
        try await ClusterFixture.simulated { source, _ in
            // As no cluster would place them by itself.
            let assignments: [Int32: [Int32]] = [0: [3, 1], 1: [3, 1], 2: [3, 1]]
            let placed = NewTopic(name: "placed", partitions: 3, replicationFactor: 2, assignments: assignments)
            for (_, result) in try await source.client.createTopics([placed]) { #expect(result.isDone) }
            let repository = try await emptyRepository()
            var choice = Capture.Options(toolVersion: "test")
            choice.selection = Selection(only: [try .init("topics")])
            let snapshot = try await Capture(source: source, repository: repository, options: choice, time: HostTime()).run().snapshot
            for (_, result) in try await source.client.deleteTopics(["placed"]) { #expect(result.isDone) }
            var options = RestoreOptions()
            options.allowSameCluster = true
            options.selection = choice.selection
            let plan = try await Planning(repository: repository, snapshot: snapshot, target: source, options: options).run()
            #expect(plan.conflicts == [] && !plan.notes.contains { $0.text.contains("assigns the replicas") })
            let report = try await replay(repository, source).run(plan)
            #expect(report.differences == [] && report.failed == [])
            #expect(try await Comparison.live(snapshot, in: repository, source: source).isEmpty)
            // Two of three brokers are known: by their places in a row they cannot be told from the others.
            try await target { [options] target in
                let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                #expect(plan.brokers == [:] && plan.notes.contains { $0.text.contains("the target assigns the replicas") })
            }
        }
    }

    @Test func whereBrokersHaveNoCounterpartsATopicKeepsThoseThatTheTargetHas() throws {
        func remapped(_ target: [Int32], _ replicas: [Int32]) throws -> JSON? {
            let body = JSON.object([
                "partitions": .integer(1), "replicationFactor": .integer(replicas.count), "configs": .object([:]),
                "assignment": .array([.array(replicas.map { .integer(Int64($0)) })]),
            ])
            let remapping = Remapping(brokers: Remapping.brokers(from: [1, 2, 3, 4], to: target), targetBrokers: target)
            return TopicsKind().remap([Document(id: ResourceID("t"), body: body)], remapping).documents.first?.body["assignment"]
        }
        #expect(try remapped([1, 2, 3], [2, 1]) == .array([.array([.integer(2), .integer(1)])]))
        #expect(try remapped([1, 2, 3], [2, 4]) == nil)
    }

    @Test func aSecondRestoreOntoTheTargetChangesNothingWhileOneIsAtWork() async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                let plan = try await planning(repository, snapshot, target, offsets: .exact)
                try await RestorePlace(target).alone(in: repository) { lease in
                    let error = await #expect(throws: RepositoryError.self) { try await replay(repository, target).run(plan) }
                    #expect(error?.code == .locked && error?.hint.contains("If it was killed") == true)
                    #expect(try await repository.runFiles().isEmpty)
                    let first = Replay(repository: repository, target: target, time: HostTime(), chance: HostChance(), lease: lease)
                    let report = try await first.run(plan)
                    #expect(report.verdict == .restored && report.run.hasSuffix(lease.id.prefix(8)))
                }
                #expect(try await repository.leases() == [])
            }
        }
    }

    @Test func aRestoreThatLostItsLeaseBeginsNoFurtherBatch() async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                let plan = try await planning(repository, snapshot, target, offsets: .exact)
                try await RestorePlace(target).alone(in: repository) { lease in
                    for held in try await repository.leases() {
                        try await repository.storage.delete("leases" / "\(held.id).json")
                    }
                    let replay = Replay(repository: repository, target: target, time: HostTime(), chance: HostChance(), lease: lease)
                    let stopped = try await #require(throws: RunStopped.self) { try await replay.run(plan) }
                    #expect((stopped.cause as? RepositoryError)?.code == .leaseLost)
                    #expect(stopped.report.entries.allSatisfy { $0.outcome != .done })
                }
                #expect(try await target.client.describeTopics(nil).filter { !$0.isInternal }.isEmpty)
            }
        }
    }

    @Test func schemasWithoutARegistryToPutThemIntoAreNoSuccess() async throws {
        try await withSnapshot { repository, snapshot in
            try await target { target in
                let bare = Source(client: target.client, registry: nil, time: target.time)
                for rules in [[], ["schemas"]] {
                    var options = RestoreOptions()
                    options.offsets = .exact
                    options.selection = Selection(only: try rules.map { try .init($0) })
                    let plan = try await Planning(repository: repository, snapshot: snapshot, target: bare, options: options).run()
                    #expect(plan.conflicts.contains { $0.kind == .schemas && $0.hint.contains("--schema-registry") }, "\(rules)")
                }
                // Left out by the operator's own word, they are no matter.
                var options = RestoreOptions()
                options.offsets = .exact
                options.selection = Selection(except: [try .init("schemas")])
                let plan = try await Planning(repository: repository, snapshot: snapshot, target: bare, options: options).run()
                #expect(plan.conflicts == [] && plan.losses == [])
            }
        }
    }

    @Test func schemasAskedForOfASnapshotWithoutThemAreALoss() async throws {
        let repository = try await emptyRepository()
        try await ClusterFixture.simulated { source, _ in
            let bare = Source(client: source.client, registry: nil, time: source.time)
            let kinds = Kinds.all.filter { $0.name != .schemas }
            _ = try await Capture(
                source: bare, repository: repository, kinds: kinds, options: Capture.Options(toolVersion: "test"), time: HostTime()
            ).run()
        }
        let snapshot = try await repository.resolve("latest")
        try await target { target in
            let bare = Source(client: target.client, registry: nil, time: target.time)
            for (source, rules, isLoss) in [(bare, ["schemas"], true), (target, [], true), (bare, [], false)] {
                var options = RestoreOptions()
                options.selection = Selection(only: try rules.map { try .init($0) })
                let plan = try await Planning(repository: repository, snapshot: snapshot, target: source, options: options).run()
                #expect(plan.losses.contains { $0.kind == .schemas } == isLoss, "\(rules)")
                #expect(plan.notes.contains { $0.kind == .schemas } == !isLoss)
            }
        }
    }

    /// A source with Kafka's own default, and a target whose brokers keep records for an hour: nothing of it is in any topic's document.
    @Test func whatTopicsInheritOtherwiseIsToldByPlanReportAndDiffInBothDirections() async throws {
        @Sendable func keep(_ milliseconds: ByteString, on source: Source) async throws {
            let change = ConfigChange(.clusterDefault, ["log.retention.ms": .set(milliseconds)])
            #expect(try await source.client.alterConfigs([change])[.clusterDefault]?.isDone == true)
        }
        try await withSnapshot { repository, snapshot in
            try await target { target in
                try await keep("3600000", on: target)
                let hour = InheritedDrift(config: "retention.ms", from: nil, to: "3600000", topics: [ResourceID("payments.v1")])
                // What only the target sets for all brokers may stay, and that is told as what it is, too.
                var options = RestoreOptions()
                (options.offsets, options.existing) = (.exact, .update)
                let plan = try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
                #expect(plan.losses.map(\.why) == ["it keeps configs log.retention.ms, which the snapshot does not have"])
                #expect(plan.inheritedDrift == [hour], "orders sets it itself")
                #expect(plan.json["inheritedDrift"]?.array?.first?["from"] == .null)
                let report = try await replay(repository, target).run(plan)
                #expect(report.verdict == .partial && report.differences == [] && report.inheritedDrift == [hour])
                #expect(try await Comparison.live(snapshot, in: repository, source: target).inheritedDrift == [hour])

                // The other way round, from a snapshot of the target onto an empty cluster, and between the two snapshots.
                let second = try await Capture(
                    source: target, repository: repository,
                    options: {
                        var options = Capture.Options(toolVersion: "test")
                        options.acceptNewCluster = true
                        return options
                    }(), time: HostTime()
                ).run().snapshot
                #expect(try await Comparison.between(snapshot, second, in: repository).inheritedDrift == [hour])
                let back = InheritedDrift(config: "retention.ms", from: "3600000", to: nil, topics: hour.topics)
                #expect(try await Comparison.between(second, snapshot, in: repository).inheritedDrift == [back])
                try await self.target { [hour] other in
                    var options = RestoreOptions()
                    options.offsets = .exact
                    options.selection = Selection(only: [try .init("topics")])
                    let plan = try await Planning(repository: repository, snapshot: second, target: other, options: options).run()
                    #expect(plan.inheritedDrift == [back])
                    // Broker configs that the plan restores are in force afterwards: then nothing is left to tell.
                    options.selection = Selection(only: [try .init("topics"), try .init("broker-configs")])
                    let whole = try await Planning(repository: repository, snapshot: second, target: other, options: options).run()
                    #expect(whole.inheritedDrift == [back] && hour.to == back.from)
                    let report = try await replay(repository, other).run(whole)
                    #expect(report.inheritedDrift == [], "\(report.failed) \(report.problems)")
                }
            }
        }
    }

    // MARK: Steps

    private func emptyRepository() async throws -> Repository {
        try await Repository.initialize(MemoryStorage(time: HostTime()), time: HostTime(), chance: HostChance())
    }

    private func capture(_ source: Source, _ repository: Repository) async throws -> CaptureReport {
        try await Capture(source: source, repository: repository, options: Capture.Options(toolVersion: "test"), time: HostTime()).run()
    }

    private func planning(_ repository: Repository, _ snapshot: SnapshotID, _ target: Source, offsets: OffsetMode?) async throws -> Plan {
        var options = RestoreOptions()
        options.offsets = offsets
        return try await Planning(repository: repository, snapshot: snapshot, target: target, options: options).run()
    }

    private func replay(_ repository: Repository, _ target: Source) -> Replay {
        Replay(repository: repository, target: target, time: HostTime(), chance: HostChance())
    }

    private func target(_ flavour: RegistryFlavour = .confluent, _ body: @Sendable (Source) async throws -> Void) async throws {
        var configuration = SimulatorConfiguration()
        configuration.brokerIDs = [101, 102, 103]
        try await ClusterFixture.simulated(configuration, flavour: flavour) { source, _ in try await body(source) }
    }

    private func withSnapshot(_ body: @Sendable (Repository, SnapshotID) async throws -> Void) async throws {
        let repository = try await emptyRepository()
        try await ClusterFixture.simulated { source, _ in
            try await seed(source)
            let report = try await capture(source, repository)
            #expect(report.manifest.certificate.grade == .stable, "\(report.manifest.certificate.reasons)")
        }
        try await body(repository, try await repository.resolve("latest"))
    }

    private func seed(_ source: Source) async throws {
        for (name, result) in try await source.client.createTopics([
            NewTopic(name: "orders", partitions: 4, replicationFactor: 3, configs: ["retention.ms": "86400000"]),
            NewTopic(name: "payments.v1", partitions: 1, replicationFactor: 2),
        ]) { #expect(result.isDone, "\(name): \(result)") }
        _ = try await source.client.alterConfigs([ConfigChange(.broker(2), ["log.cleaner.backoff.ms": .set("12345")])])
        for (partition, result) in try await source.client.commitOffsets(
            group: "billing",
            [
                TopicPartition("orders", 0): CommittedOffset(offset: 5, metadata: "m"),
                TopicPartition("orders", 3): CommittedOffset(offset: 0, metadata: ""),
            ])
        { #expect(result.isDone, "\(partition): \(result)") }
        let registry = try #require(source.registry)
        _ = try await registry.register(
            Registration(schema: Schema(type: Schema.avro, text: #"{"type":"record","name":"O","fields":[{"name":"a","type":"int"}]}"#)),
            under: "orders-value")
    }
}
