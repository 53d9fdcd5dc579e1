import Bytes
import ClusterFixture
import KafkaClient
import Resources
import SnapshotModel
import Testing
import Waiting

/// The laws of every kind, on a simulated cluster or the real one that the environment names.
@Suite(.serialized) struct KindLawTests {
    @Test(arguments: Seed.all) func whatWasReplayedObservesAsItWasWanted(_ seed: Seed) async throws {
        try await onACluster(seed) { source, prefix, wanted in
            try await seed.empty(source, prefix)
            if seed.kind.name == .topics { try await until("it is empty") { try await observe(seed, source, prefix).isEmpty } }
            let proposal = try await propose(seed, wanted, source)
            #expect(proposal.conflicts == [])
            #expect(!proposal.steps.isEmpty)
            try await expectAllDone(seed, proposal.steps, source)
            try await until("the target is as wanted") { try await observe(seed, source, prefix) == wanted }
            let restored = try await observe(seed, source, prefix)
            #expect(restored == wanted)

            // Replaying twice is replaying once: nothing is left to do.
            let again = try await propose(seed, wanted, source)
            #expect(again.steps == [])
            #expect(again.conflicts == [])
        }
    }

    @Test(arguments: Seed.all) func observingChangesNothing(_ seed: Seed) async throws {
        try await onACluster(seed) { source, prefix, seen in
            for _ in 0..<2 {
                let again = try await observe(seed, source, prefix)
                #expect(again == seen)
            }
        }
    }

    @Test(arguments: Seed.all) func aDifferenceWithItselfIsEmptyWhateverTheOrder(_ seed: Seed) async throws {
        try await onACluster(seed) { source, _, wanted in
            let forwards = try await propose(seed, wanted, source)
            let backwards = try await propose(seed, wanted.reversed(), source)
            #expect(forwards.steps == [] && backwards.steps == [])
            #expect(Set(forwards.expected) == Set(backwards.expected))
        }
    }

    @Test(arguments: Seed.all) func aDocumentRoundTripsByteForByte(_ seed: Seed) async throws {
        try await onACluster(seed) { source, prefix, _ in
            let observation = try await seed.kind.observe(Sweep(source))
            for document in observation.desired + observation.evidence {
                let bytes = document.canonicalBytes
                #expect(try Document.parse(bytes) == document)
                #expect(try Document.parse(bytes).canonicalBytes == bytes)
            }
        }
    }

    @Test(arguments: Seed.all) func documentsAreSortedAndDistinct(_ seed: Seed) async throws {
        try await onACluster(seed) { source, _, _ in
            let observation = try await seed.kind.observe(Sweep(source))
            for documents in [observation.desired, observation.evidence] {
                #expect(zip(documents, documents.dropFirst()).allSatisfy { $0.id < $1.id })
            }
        }
    }

    @Test func theClusterKindProposesNothing() async throws {
        try await ClusterFixture.run { source, _ in
            let observation = try await ClusterKind().observe(Sweep(source))
            #expect(observation.desired == [])
            #expect(observation.evidence.contains { $0.id == ResourceID("cluster") })
            #expect(observation.state.isComplete)
        }
    }

    // MARK: Steps of the laws

    private func onACluster(
        _ seed: Seed, _ body: @Sendable (Source, _ prefix: ByteString, _ seeded: [Document]) async throws -> Void
    ) async throws {
        try await ClusterFixture.run { source, prefix in
            try await seed.fill(source, prefix)
            try await until("what was seeded is seen") { try await !observe(seed, source, prefix).isEmpty }
            let seeded = try await observe(seed, source, prefix)
            #expect(!seeded.isEmpty)
            try await body(source, prefix, seeded)
            if ClusterFixture.realBootstrap != nil {
                try? await seed.empty(source, prefix)
                try? await Seed.deleteTopics(prefix, source)
            }
        }
    }

    private func observe(_ seed: Seed, _ source: Source, _ prefix: ByteString) async throws -> [Document] {
        let observation = try await seed.kind.observe(Sweep(source))
        guard seed.kind.name != .brokerConfigs else { return observation.desired }
        return observation.desired.filter { seed.kind.operatorName(of: $0.id).hasPrefix(prefix) }
    }

    private func propose(_ seed: Seed, _ wanted: [Document], _ source: Source) async throws -> Proposal {
        let sweep = Sweep(source)
        let brokers = try await sweep.describeCluster().brokers.map(\.id)
        return try await seed.kind.propose(
            wanted,
            ProposalContext(
                target: source, observed: try await seed.kind.observe(sweep), existing: .validate, offsets: .exact,
                remapping: .identity(brokers: brokers), topicsToCome: [:], evidence: []))
    }

    private func expectAllDone(_ seed: Seed, _ steps: [Step], _ source: Source) async throws {
        let outcomes = Outcomes()
        try await seed.kind.apply(steps, to: source) { step, outcome in await outcomes.note(step, outcome) }
        for step in steps {
            let outcome = await outcomes.said[step]
            #expect(outcome == .done, "\(step.action) \(step.id)")
        }
    }
}

private actor Outcomes {
    private(set) var said: [Step: StepOutcome] = [:]
    func note(_ step: Step, _ outcome: StepOutcome) { said[step] = outcome }
}
