import Bytes
import ClusterFixture
import Resources
import SnapshotModel
import Testing

/// What a plan says about feature levels, which are compared and never forced.
@Suite struct FeatureNoteTests {
    @Test(arguments: [true, false]) func levelsThatAreNotToldAreUnknownAndNotZero(_ isTold: Bool) async throws {
        try await ClusterFixture.simulated { source, _ in
            func evidence(_ features: JSON?) -> [Document] {
                var body: [ByteString: JSON] = ["brokers": .array([])]
                body["features"] = features
                return [Document(id: ResourceID("cluster"), body: .object(body))]
            }
            let levels = JSON.object(["metadata.version": .array([.integer(27), .integer(27)])])
            let observed = Observation(
                kind: .cluster, evidence: evidence(isTold ? .object(["metadata.version": .array([.integer(1), .integer(7)])]) : nil),
                state: .stable)
            let proposal = try await ClusterKind().propose(
                [],
                ProposalContext(
                    target: source, observed: observed, existing: .validate, offsets: nil, remapping: .identity(brokers: []),
                    topicsToCome: [:], evidence: evidence(levels)))
            #expect(
                proposal.notes.map(\.text) == [
                    isTold
                        ? "feature metadata.version was at level 27, the target's is 7"
                        : "the target does not tell its feature levels; the source's were metadata.version 27"
                ])
        }
    }
}
