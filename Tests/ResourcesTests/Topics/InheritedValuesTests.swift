import Bytes
import ClusterFixture
import KafkaClient
import SnapshotModel
import Testing

@testable import Resources

/// What a plan says of values that topics had from the source cluster: on a target without topics too.
@Suite struct InheritedValuesTests {
    private static let minutes = ["60000", "120000"].map { ByteString($0) }

    /// What the cluster's default is on the source and on the target; nil: Kafka's own.
    @Test(arguments: [nil] + minutes, [nil] + minutes)
    func whatAnEmptyTargetGivesOtherwiseIsToldInBothDirections(_ from: ByteString?, _ to: ByteString?) async throws {
        try await ClusterFixture.simulated { source, _ in
            let evidence = try await evidence(of: ["orders", "payments"], source, everywhere: from)
            try await ClusterFixture.simulated { target, _ in
                if let to { try await setDefault(to, target) }
                let proposal = try await propose(evidence, TopicsKind().observe(Sweep(target)), target)
                let drift = proposal.inheritedDrift.filter { $0.config == "retention.ms" }
                guard from != to else { return #expect(drift == []) }
                // Once for the default, not for each topic.
                #expect(
                    drift == [
                        InheritedDrift(
                            config: "retention.ms", from: from.map { .text($0) }, to: to.map { .text($0) },
                            topics: [ResourceID("orders"), ResourceID("payments")])
                    ])
                #expect(proposal.notes.allSatisfy { !$0.text.contains("retention.ms") })
            }
        }
    }

    @Test func whatATopicSetsItselfItDoesNotInherit() {
        func evidence(_ id: String, _ inherited: [ByteString: JSON]) -> Document {
            Document(
                id: ResourceID(ByteString(id)), body: .object(["inherited": .object(inherited.mapValues { .object(["value": $0]) })]))
        }
        let own = Document(id: ResourceID("a"), body: .object(["configs": .object(["retention.ms": "1"])]))
        let source = Inheritance(evidence: [evidence("a", [:]), evidence("b", [:]), evidence("c", ["x": .null])], desired: [own])
        let target = Inheritance(
            evidence: [evidence("a", ["retention.ms": "5"]), evidence("b", ["retention.ms": "5"]), evidence("c", [:])], desired: [])
        let names = ["a", "b", "c", "unknown"].map { ResourceID(ByteString($0)) }
        #expect(
            source.drift(to: target, over: names) == [
                InheritedDrift(config: "retention.ms", from: nil, to: "5", topics: [ResourceID("b")]),
                InheritedDrift(config: "x", from: .null, to: nil, topics: [ResourceID("c")]),
            ])
    }

    @Test func whatATargetDoesNotTellIsNotTakenForKafkasDefault() async throws {
        try await ClusterFixture.simulated { source, cluster in
            let inherited = try await evidence(of: ["orders"], source, everywhere: Self.minutes[0])
            // It is there already, and hidden: the target refuses to say what a new one would have.
            let observed = Observation(kind: .topics, desired: [], evidence: [], state: .stable, gaps: [])
            let proposal = try await propose(inherited, observed, source)
            #expect(proposal.inheritedDrift == [])
            #expect(proposal.notes.contains { $0.text.contains("cannot be told beforehand") }, "\(proposal.notes)")
        }
    }

    @Test func aRenamedTopicIsComparedWithWhatItWas() async throws {
        try await ClusterFixture.simulated { source, _ in
            let evidence = try await evidence(of: ["old"], source, everywhere: nil)
            try await ClusterFixture.simulated { target, _ in
                try await setDefault(Self.minutes[0], target)
                let renames = Renaming([Renaming.Rule(from: "old", to: "orders")])
                let proposal = try await propose(evidence, TopicsKind().observe(Sweep(target)), target, renames)
                #expect(proposal.inheritedDrift.first { $0.config == "retention.ms" }?.topics == [ResourceID("orders")])
            }
        }
    }

    // MARK: Steps

    private func setDefault(_ milliseconds: ByteString, _ source: Source) async throws {
        let change = ConfigChange(.clusterDefault, ["log.retention.ms": .set(milliseconds)])
        #expect(try await source.client.alterConfigs([change])[.clusterDefault]?.isDone == true)
    }

    private func evidence(of topics: [ByteString], _ source: Source, everywhere milliseconds: ByteString?) async throws -> [Document] {
        if let milliseconds { try await setDefault(milliseconds, source) }
        _ = try await source.client.createTopics(topics.map { NewTopic(name: $0, partitions: 1, replicationFactor: 1) })
        return try await TopicsKind().observe(Sweep(source)).evidence
    }

    private func propose(
        _ evidence: [Document], _ observed: Observation, _ target: Source, _ renames: Renaming = Renaming()
    ) async throws -> Proposal {
        let brokers = try await target.client.describeCluster().brokers.map(\.id)
        let wanted = evidence.compactMap(\.id.parts.first).map { renames($0) }.map {
            TopicDocument(name: $0, partitions: 1, replicationFactor: 1, assignment: nil, configs: [:]).document
        }
        var remapping = Remapping.identity(brokers: brokers)
        remapping.topics = renames
        return try await TopicsKind().propose(
            wanted,
            ProposalContext(
                target: target, observed: observed, existing: .validate, offsets: nil, remapping: remapping, topicsToCome: [:],
                evidence: evidence))
    }
}
