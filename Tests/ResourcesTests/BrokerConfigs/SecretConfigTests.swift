import Bytes
import ClusterFixture
import SnapshotModel
import Testing

@testable import Resources

/// Values of sensitive configs are told by nobody; that they are set is.
@Suite struct SecretConfigTests {
    private static let secret = "config listener.name.external.ssl.keystore.password"

    @Test func oneThatOnlyTheTargetSetsIsNeverTakenForEquality() async throws {
        let refused = try await propose(.validate, heldBySnapshot: false)
        #expect(refused.conflicts.map(\.detail) == ["configs listener.name.external.ssl.keystore.password"], "\(refused)")
        // Broker 2 of the target is broker 1 of the snapshot.
        #expect(refused.conflicts.first?.id == "2" && refused.conflicts.first?.hint.contains("--except broker-configs:1.") == true)
        let kept = try await propose(.update, heldBySnapshot: false)
        #expect(kept.conflicts == [] && kept.losses.map(\.isDifference) == [true], "\(kept)")
    }

    @Test func oneThatTheSnapshotKnowsOfIsNoSurplus() async throws {
        let proposal = try await propose(.validate, heldBySnapshot: true)
        #expect(proposal.conflicts == [] && proposal.losses == [], "\(proposal)")
    }

    private func propose(_ existing: ExistingPolicy, heldBySnapshot: Bool) async throws -> Proposal {
        try await ClusterFixture.simulated { target, _ in
            let kind = BrokerConfigsKind()
            let body = JSON.object(["configs": .object(["log.cleaner.threads": "2"])])
            let remapping = Remapping(brokers: [1: 2, 2: 3], targetBrokers: [2, 3])
            let remapped = kind.remap([Document(id: "1", body: body)], remapping)
            #expect(remapped.documents.map(\.id) == ["2"])
            func gap(_ id: ResourceID) -> Gap { Gap(kind: kind.name, id: id, what: Self.secret, why: "secret") }
            // Another broker's is another broker's.
            let observed = Observation(
                kind: kind.name, desired: [Document(id: "2", body: body)], state: .stable, gaps: [gap("2"), gap("3")])
            return try await kind.propose(
                remapped.documents,
                ProposalContext(
                    target: target, observed: observed, existing: existing, offsets: nil, remapping: remapping, topicsToCome: [:],
                    evidence: [], storedIDs: remapped.storedIDs, gaps: heldBySnapshot ? [gap("1")] : []))
        }
    }
}
