import Bytes
import ClusterFixture
import KafkaClient
import SnapshotModel
import Testing
import Waiting

@testable import Resources

/// What a target would refuse of a topic, and configs that speak of brokers.
@Suite(.serialized) struct TopicRefusalTests {
    private func document(_ name: ByteString, _ configs: [ByteString: ByteString], assignment: [[Int32]]? = nil) -> Document {
        TopicDocument(name: name, partitions: assignment?.count ?? 1, replicationFactor: 1, assignment: assignment, configs: configs)
            .document
    }

    private func propose(_ wanted: [Document], _ source: Source, _ existing: ExistingPolicy = .validate) async throws -> Proposal {
        let brokers = try await source.client.describeCluster().brokers.map(\.id)
        return try await TopicsKind().propose(
            wanted,
            ProposalContext(
                target: source, observed: try await TopicsKind().observe(Sweep(source)), existing: existing, offsets: nil,
                remapping: .identity(brokers: brokers), topicsToCome: [:], evidence: []))
    }

    @Test func aConfigThatTheTargetDoesNotKnowIsAConflictBeforeAnythingIsWritten() async throws {
        try await ClusterFixture.run { source, prefix in
            let wanted = [
                document(prefix + "good", ["retention.ms": "1000"]), document(prefix + "vendor", ["confluent.placement.constraints": "{}"]),
                document(prefix + "range", ["min.insync.replicas": "0"]),
            ]
            let proposal = try await propose(wanted, source)
            #expect(Set(proposal.conflicts.compactMap(\.id)) == [ResourceID(prefix + "vendor"), ResourceID(prefix + "range")])
            #expect(proposal.conflicts.contains { $0.why.contains("confluent.placement.constraints") }, "\(proposal.conflicts)")
            let names = try await source.client.describeTopics(nil).map(\.name).filter { $0.hasPrefix(prefix) }
            #expect(names == [], "asking changed nothing")
        }
    }

    @Test func aConfigOfATopicThatIsThereIsAskedForTooBeforeItIsAltered() async throws {
        try await ClusterFixture.run { source, prefix in
            let name = prefix + "there"
            _ = try await source.client.createTopics([NewTopic(name: name, partitions: 1, replicationFactor: 1)])
            try await until("the topic is visible") { try await source.client.describeTopics([name])[0].partitions.count == 1 }
            let proposal = try await propose([document(name, ["confluent.tier.enable": "true"])], source, .update)
            #expect(proposal.conflicts.contains { $0.why.contains("confluent.tier.enable") }, "\(proposal.conflicts)")
            _ = try await source.client.deleteTopics([name])
        }
    }

    @Test(
        arguments: [
            ("*", "*", 0), ("0:1,0:2,1:3", "0:101,0:102,1:103", 0), ("0:1,1:9", "0:101", 1), ("0:9", nil, 1), ("", "", 0),
            ("nonsense", nil, 1),
        ] as [(ByteString, ByteString?, Int)])
    func throttledReplicasAreTranslatedAsBrokersAre(_ value: ByteString, _ expected: ByteString?, _ notes: Int) throws {
        let key: ByteString = "leader.replication.throttled.replicas"
        let remapping = Remapping(brokers: [1: 101, 2: 102, 3: 103], targetBrokers: [101, 102, 103])
        let remapped = TopicsKind().remap([document("t", [key: value], assignment: [[1], [3]])], remapping)
        #expect(try TopicDocument(#require(remapped.documents.first)).configs[key] == expected)
        #expect(remapped.notes.count == notes && remapped.conflicts == [])
    }

    @Test func whereTheTargetChoosesTheReplicasNoneOfThemIsThrottled() throws {
        let key: ByteString = "follower.replication.throttled.replicas"
        let remapping = Remapping(brokers: [1: 101], targetBrokers: [101, 102], replicationFactor: 2)
        let remapped = TopicsKind().remap([document("t", [key: "0:1", "retention.ms": "5"], assignment: [[1]])], remapping)
        #expect(try TopicDocument(#require(remapped.documents.first)).configs == ["retention.ms": "5"])
        #expect(remapped.notes.count == 1)
    }
}
