import Bytes
import ClusterFixture
import KafkaClient
import SchemaRegistryClient
import SnapshotModel
import Testing
import Waiting

@testable import Resources

/// Within a resource that the snapshot holds, what only the target has is a difference: it stands in the way, or stays and is said. What the
/// snapshot does not hold at all stays without a word.
@Suite(.serialized) struct SurplusLawTests {
    struct Mutation: Sendable, CustomTestStringConvertible {
        var seed: Seed
        var testDescription: String
        /// Which resource of the snapshot has more afterwards, and what is said of it; nothing where the snapshot does not hold it.
        var said: (id: @Sendable (_ prefix: ByteString) -> ResourceID, what: String)?
        var make: @Sendable (Source, _ prefix: ByteString) async throws -> Void
    }

    static let held: [Mutation] = [
        Mutation(
            seed: .topics, testDescription: "an override of a topic", said: ({ ResourceID($0 + "plain") }, "configs cleanup.policy"),
            make: { try await alter(.topic($1 + "plain"), "cleanup.policy", "compact", $0) }),
        Mutation(
            seed: .brokerConfigs, testDescription: "a config of a broker", said: ({ _ in "1" }, "configs log.retention.ms"),
            make: { source, _ in try await alter(.broker(1), "log.retention.ms", "60000", source) }),
        Mutation(
            seed: .brokerConfigs, testDescription: "a throttle of a broker",
            said: ({ _ in "1" }, "configs leader.replication.throttled.rate"),
            make: { source, _ in try await alter(.broker(1), "leader.replication.throttled.rate", "60000", source) }),
        Mutation(
            seed: .brokerConfigs, testDescription: "a config of the default", said: ({ _ in "" }, "configs log.retention.ms"),
            make: { source, _ in try await alter(.clusterDefault, "log.retention.ms", "60000", source) }),
        Mutation(
            seed: .groups, testDescription: "a position", said: ({ ResourceID($0 + "plain", $0 + "orders") }, "positions on partition 3"),
            make: { source, prefix in
                try await Seed.commit(prefix + "plain", [TopicPartition(prefix + "orders", 3): CommittedOffset(offset: 0)], source)
            }),
        Mutation(
            seed: .schemas, testDescription: "a mode", said: ({ ResourceID("mode", $0 + "z-base") }, "mode READONLY"),
            make: { try await $0.registry?.setMode(.readOnly, of: .subject($1 + "z-base")) }),
        Mutation(
            seed: .schemas, testDescription: "no checks",
            said: ({ ResourceID("compatibility", $0 + "a-referring") }, "compatibility level NONE"),
            make: { try await $0.registry?.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject($1 + "a-referring")) }),
        Mutation(
            seed: .schemas, testDescription: "a level",
            said: ({ ResourceID("compatibility", $0 + "a-referring") }, "compatibility level FULL_TRANSITIVE"),
            make: {
                try await $0.registry?.setCompatibility(CompatibilitySetting(level: "FULL_TRANSITIVE"), of: .subject($1 + "a-referring"))
            }),
        Mutation(
            seed: .schemas, testDescription: "a version", said: ({ ResourceID("schema", $0 + "z-base", "3") }, "version 3"),
            make: { source, prefix in
                let name = prefix.description.filter { $0.isLetter || $0.isNumber }
                let text =
                    #"{"type":"record","name":"B\#(name)","fields":[{"name":"a","type":"string"},{"name":"c","type":"int","default":0}]}"#
                _ = try await source.registry?.register(Registration(schema: Schema(text: ByteString(text))), under: prefix + "z-base")
            }),
    ]

    static let beside: [Mutation] = [
        Mutation(
            seed: .topics, testDescription: "another topic",
            make: { try await Seed.create([NewTopic(name: $1 + "another", partitions: 1, replicationFactor: 1)], $0) }),
        Mutation(
            seed: .brokerConfigs, testDescription: "another broker",
            make: { source, _ in try await alter(.broker(2), "log.retention.ms", "60000", source) }),
        Mutation(
            seed: .groups, testDescription: "another group",
            make: { source, prefix in
                try await Seed.commit(prefix + "another", [TopicPartition(prefix + "orders", 3): CommittedOffset(offset: 0)], source)
            }),
        Mutation(
            seed: .groups, testDescription: "another topic of a group",
            make: { source, prefix in
                try await Seed.create([NewTopic(name: prefix + "third", partitions: 1, replicationFactor: 1)], source)
                try await Seed.commit(prefix + "plain", [TopicPartition(prefix + "third", 0): CommittedOffset(offset: 0)], source)
            }),
        Mutation(
            seed: .schemas, testDescription: "another subject",
            make: { source, prefix in
                _ = try await source.registry?.register(Registration(schema: Schema(text: "\"string\"")), under: prefix + "another")
                try await source.registry?.setMode(.readOnly, of: .subject(prefix + "another"))
            }),
    ]

    @Test(arguments: held) func whatOnlyTheTargetHasOfAHeldResourceIsNeverTakenForEquality(_ mutation: Mutation) async throws {
        try await onACluster(mutation) { source, prefix, wanted in
            let said = try #require(mutation.said)
            let id = said.id(prefix)
            for existing in [ExistingPolicy.validate, .fail] {
                let refused = try await propose(mutation.seed, wanted, source, existing)
                #expect(!refused.conflicts.isEmpty)
                guard existing == .validate else { continue }
                #expect(refused.conflicts.map(\.id) == [id], "\(refused.conflicts)")
                let hint = refused.conflicts.first?.hint
                #expect(hint?.contains("--existing update") == true && hint?.contains("--except \(mutation.seed.kind.name)") == true)
            }
            let kept = try await propose(mutation.seed, wanted, source, .update)
            #expect(kept.conflicts == [] && kept.steps == [], "\(kept.conflicts) \(kept.steps)")
            #expect(
                kept.losses == [
                    Loss(
                        kind: mutation.seed.kind.name, id: id, why: "it keeps \(said.what), which the snapshot does not have",
                        isDifference: true)
                ])
        }
    }

    @Test(arguments: beside) func whatTheSnapshotDoesNotHoldAtAllStaysWithoutAWord(_ mutation: Mutation) async throws {
        try await onACluster(mutation) { source, _, wanted in
            for existing in [ExistingPolicy.validate, .update] {
                let proposal = try await propose(mutation.seed, wanted, source, existing)
                #expect(proposal.conflicts == [] && proposal.steps == [] && proposal.losses == [], "\(proposal)")
            }
        }
    }

    /// Kafka 4.1 sets this one on every cluster that is formatted anew, and it cannot be taken away.
    @Test func whatTheClusterSetsByItselfIsNoDifference() async throws {
        try await ClusterFixture.simulated { source, _ in
            let kind = BrokerConfigsKind()
            try await Self.alter(.clusterDefault, "log.retention.ms", "60000", source)
            var wanted = try await kind.observe(Sweep(source)).desired
            #expect(wanted.map(\.body) == [.object(["configs": .object(["log.retention.ms": "60000", "min.insync.replicas": "1"])])])
            wanted = [Document(id: "", body: .object(["configs": .object(["log.retention.ms": "60000"])]))]
            let proposal = try await propose(.brokerConfigs, wanted, source, .validate)
            #expect(proposal.conflicts == [] && proposal.steps == [] && proposal.losses == [], "\(proposal)")
            #expect(proposal.notes.count == 1 && proposal.notes.first?.text.contains("min.insync.replicas") == true)
        }
    }

    /// A part that the snapshot could not read may have been there.
    @Test(arguments: held.filter { [.consumerGroups, .schemas].contains($0.seed.kind.name) })
    func ofWhatTheSnapshotCouldNotReadNothingIsConcluded(_ mutation: Mutation) async throws {
        try await onACluster(mutation) { source, _, wanted in
            let proposal = try await propose(mutation.seed, wanted, source, .validate, isWhole: false)
            #expect(proposal.conflicts == [] && proposal.steps == [] && proposal.losses == [], "\(proposal)")
        }
    }

    // MARK: Steps

    private static func alter(_ resource: ConfigResource, _ name: ByteString, _ value: ByteString, _ source: Source) async throws {
        let results = try await source.client.alterConfigs([ConfigChange(resource, [name: .set(value)])])
        #expect(results[resource]?.isDone == true, "\(results)")
    }

    /// A cluster filled with the kind's seed, what observing it gave, and the mutation on it.
    private func onACluster(
        _ mutation: Mutation, _ body: @Sendable (Source, _ prefix: ByteString, _ wanted: [Document]) async throws -> Void
    ) async throws {
        try await ClusterFixture.simulated { source, _ in
            let (seed, prefix) = (mutation.seed, ByteString("t-"))
            try await seed.fill(source, prefix)
            let wanted = try await seed.kind.observe(Sweep(source)).desired
            let before = try await propose(seed, wanted, source, .validate)
            #expect(before.conflicts == [] && before.steps == [] && before.losses == [], "\(before)")
            try await mutation.make(source, prefix)
            try await body(source, prefix, wanted)
        }
    }

    private func propose(
        _ seed: Seed, _ wanted: [Document], _ source: Source, _ existing: ExistingPolicy, isWhole: Bool = true
    ) async throws -> Proposal {
        let sweep = Sweep(source)
        let brokers = try await sweep.describeCluster().brokers.map(\.id)
        return try await seed.kind.propose(
            wanted,
            ProposalContext(
                target: source, observed: try await seed.kind.observe(sweep, naming: wanted.map(\.id)), existing: existing, offsets: .exact,
                remapping: .identity(brokers: brokers), topicsToCome: [:], evidence: [], isWhole: isWhole))
    }
}
