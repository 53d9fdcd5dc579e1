import Bytes
import ClusterFixture
import KafkaClient
import SnapshotModel
import Testing

@testable import Resources

/// Groups whose members are at work on the target.
@Suite struct OccupiedGroupTests {
    private static let position = ResourceID("billing", "orders")

    @Test func oneThatStandsWhereItIsToStandIsInNobodysWay() async throws {
        let proposal = try await propose(standing: 5, wanted: 5)
        #expect(proposal.conflicts == [] && proposal.steps == [] && proposal.expected.map(\.id) == [Self.position], "\(proposal)")
    }

    @Test func oneThatWouldHaveToBeMovedIsAConflict() async throws {
        let proposal = try await propose(standing: 5, wanted: 3)
        #expect(proposal.steps == [] && proposal.conflicts.map(\.id) == [Self.position], "\(proposal)")
        #expect(proposal.conflicts.first?.cause == "the target's group is in state Stable with 1 member")
        #expect(proposal.conflicts.first?.isDifference == true)
    }

    /// Options are matched against the names of the snapshot.
    @Test func hintsNameWhatTheSnapshotNames() async throws {
        let renamed = try await propose(standing: 5, wanted: 3, as: "orders-of-old", occupied: false)
        #expect(renamed.conflicts.map(\.id) == [Self.position])
        #expect(renamed.conflicts.first?.hint.contains("--except consumer-groups:billing/orders-of-old.") == true, "\(renamed.conflicts)")
    }

    /// A group on the target, with a member or without, and a snapshot that has it at `wanted`.
    private func propose(
        standing: Int64, wanted: Int64, as topic: ByteString = "orders", occupied: Bool = true
    ) async throws -> Proposal {
        try await ClusterFixture.simulated { target, _ in
            try await Seed.create([NewTopic(name: "orders", partitions: 1, replicationFactor: 1)], target)
            let kind = ConsumerGroupsKind()
            let partition = TopicPartition("orders", 0)
            try await Seed.commit("billing", [partition: CommittedOffset(offset: wanted)], target)
            let captured = try await kind.observe(Sweep(target)).desired
            try await Seed.commit("billing", [partition: CommittedOffset(offset: standing)], target)
            var observed = try await kind.observe(Sweep(target))
            if occupied {
                observed.evidence = observed.evidence.map { document in
                    guard document.id == "billing", var body = document.body.object else { return document }
                    (body["state"], body["members"]) = ("Stable", .array([.object(["clientId": "app"])]))
                    return Document(id: document.id, body: .object(body))
                }
            }
            let stored = try captured.map { document in
                var position = try PositionDocument(document)
                position.topic = topic
                return position.document
            }
            let remapping = Remapping(
                brokers: [:], targetBrokers: [1], topics: Renaming(topic == "orders" ? [] : [.init(from: topic, to: "orders")]))
            let remapped = kind.remap(stored, remapping)
            return try await kind.propose(
                remapped.documents,
                ProposalContext(
                    target: target, observed: observed, existing: occupied ? .update : .validate, offsets: .exact, remapping: remapping,
                    topicsToCome: [:], evidence: [], storedIDs: remapped.storedIDs))
        }
    }
}
