import Bytes
import ClusterFixture
import KafkaClient
import SnapshotModel
import Testing

@testable import Resources

/// What a plan says of values that topics had from the source cluster: on a target without topics too.
@Suite struct InheritedValuesTests {
    private let minutes = ["60000", "120000"].map { ByteString($0) }

    @Test func anEmptyTargetThatGivesTheSameIsNoted() async throws {
        try await ClusterFixture.simulated { source, _ in
            let inherited = try await evidence(of: "orders", source, everywhere: minutes[0])
            try await ClusterFixture.simulated { target, _ in
                try await setDefault(minutes[0], target)
                #expect(try await notes(inherited, target) == [], "the same value is no difference")
            }
            try await ClusterFixture.simulated { target, _ in
                try await setDefault(minutes[1], target)
                let notes = try await notes(inherited, target)
                #expect(notes == ["inherited retention.ms=60000 from the source cluster; the target gives it 120000"])
            }
            try await ClusterFixture.simulated { target, _ in
                let notes = try await notes(inherited, target)
                #expect(notes == ["inherited retention.ms=60000 from the source cluster; the target gives it Kafka's default"])
            }
        }
    }

    @Test func whatATargetDoesNotTellIsNotTakenForKafkasDefault() async throws {
        try await ClusterFixture.simulated { source, cluster in
            let inherited = try await evidence(of: "orders", source, everywhere: minutes[0])
            // It is there already, and hidden: the target refuses to say what a new one would have.
            let observed = Observation(kind: .topics, desired: [], evidence: [], state: .stable, gaps: [])
            let proposal = try await propose(inherited, observed, source)
            #expect(
                proposal.notes.contains { $0.text.hasSuffix("what the target gives it cannot be told beforehand") }, "\(proposal.notes)")
        }
    }

    // MARK: Steps

    private func setDefault(_ milliseconds: ByteString, _ source: Source) async throws {
        let change = ConfigChange(.clusterDefault, ["log.retention.ms": .set(milliseconds)])
        #expect(try await source.client.alterConfigs([change])[.clusterDefault]?.isDone == true)
    }

    private func evidence(of topic: ByteString, _ source: Source, everywhere milliseconds: ByteString) async throws -> [Document] {
        try await setDefault(milliseconds, source)
        _ = try await source.client.createTopics([NewTopic(name: topic, partitions: 1, replicationFactor: 1)])
        return try await TopicsKind().observe(Sweep(source)).evidence
    }

    private func notes(_ evidence: [Document], _ target: Source) async throws -> [String] {
        try await propose(evidence, TopicsKind().observe(Sweep(target)), target).notes.map(\.text).filter { $0.contains("retention.ms") }
    }

    private func propose(_ evidence: [Document], _ observed: Observation, _ target: Source) async throws -> Proposal {
        let brokers = try await target.client.describeCluster().brokers.map(\.id)
        let wanted = TopicDocument(name: "orders", partitions: 1, replicationFactor: 1, assignment: nil, configs: [:]).document
        return try await TopicsKind().propose(
            [wanted],
            ProposalContext(
                target: target, observed: observed, existing: .validate, offsets: nil, remapping: .identity(brokers: brokers),
                topicsToCome: [:], evidence: evidence))
    }
}
