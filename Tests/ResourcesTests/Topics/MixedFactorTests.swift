import Bytes
import ClusterFixture
import KafkaClient
import SnapshotModel
import Testing

@testable import Resources

/// A topic whose partitions have different numbers of replicas: where they cannot be put back, it is said.
@Suite struct MixedFactorTests {
    private static let mixed = TopicDocument(
        name: "orders", partitions: 3, replicationFactor: 2, assignment: [[1, 2], [3], [1, 2, 3]], configs: [:])

    private static func remap(_ topic: TopicDocument, to brokers: [Int32], factor: Int16? = nil) throws -> (TopicDocument, Remapped) {
        let remapping = Remapping(
            brokers: Remapping.brokers(from: [1, 2, 3], to: brokers), targetBrokers: brokers, replicationFactor: factor)
        let remapped = TopicsKind().remap([topic.document], remapping)
        return (try TopicDocument(try #require(remapped.documents.first)), remapped)
    }

    @Test func withACounterpartForEachBrokerNothingIsLost() throws {
        let (topic, remapped) = try Self.remap(Self.mixed, to: [11, 12, 13])
        #expect(topic.assignment == [[11, 12], [13], [11, 12, 13]] && remapped.losses.isEmpty)
    }

    @Test func withoutItTheOtherNumbersAreALoss() throws {
        let (topic, remapped) = try Self.remap(Self.mixed, to: [11, 12])
        #expect(topic.assignment == nil && topic.replicationFactor == 2)
        let loss = try #require(remapped.losses.first)
        #expect(remapped.losses.count == 1 && loss.id == ResourceID("orders"))
        #expect(loss.why.contains("between 1 and 3 replicas") && loss.why.contains("all of them get 2"), "\(loss.why)")
        var even = Self.mixed
        even.assignment = [[1, 2], [3, 1], [2, 3]]
        #expect(try Self.remap(even, to: [11, 12]).1.losses.isEmpty)
    }

    /// Whoever names a replication factor wants it of every partition, whatever the first has.
    @Test func aNamedFactorIsThatOfAllPartitions() throws {
        let (topic, remapped) = try Self.remap(Self.mixed, to: [1, 2, 3], factor: 2)
        #expect(topic.assignment == nil && topic.replicationFactor == 2 && remapped.losses.isEmpty)
        var even = Self.mixed
        even.assignment = [[1, 2], [3, 1], [2, 3]]
        #expect(try Self.remap(even, to: [1, 2, 3], factor: 2).0.assignment == even.assignment)
    }

    @Test func aTopicThatIsThereKeepsItsNumbersAndThatIsALoss() async throws {
        try await ClusterFixture.simulated { source, _ in
            let made = try await source.client.createTopics([NewTopic(name: "orders", partitions: 3, replicationFactor: 2)])
            #expect(made["orders"]?.isDone == true)
            let kind = TopicsKind()
            let proposal = try await kind.propose(
                [Self.mixed.document],
                ProposalContext(
                    target: source, observed: try await kind.observe(Sweep(source)), existing: .update, offsets: .exact,
                    remapping: .identity(brokers: [1, 2, 3]), topicsToCome: [:], evidence: []))
            #expect(proposal.steps == [] && proposal.conflicts == [])
            #expect(
                proposal.losses.map(\.why).first?.contains("partition 1: 2, wanted 1 (and 1 partition more)") == true, "\(proposal.losses)")
        }
    }
}
