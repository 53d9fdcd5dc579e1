import Bytes
import ClusterFixture
import SchemaRegistryClient
import SnapshotModel
import Testing

@testable import Resources

/// Schemas from and into Apicurio's interface for Confluent's clients.
@Suite(.serialized) struct ApicurioSchemasTests {
    private static func schema(_ type: String, _ name: String) -> Schema {
        Schema(text: ByteString(#"{"type":"record","name":"\#(name)","fields":[{"name":"a","type":"\#(type)"}]}"#))
    }

    private func propose(_ wanted: [Document], _ source: Source) async throws -> Proposal {
        try await SchemasKind().propose(
            wanted,
            ProposalContext(
                target: source, observed: try await SchemasKind().observe(Sweep(source)), existing: .validate, offsets: nil,
                remapping: .identity(brokers: []), topicsToCome: [:], evidence: []))
    }

    /// Confluent's registry had the subject's checks switched off for a while: its versions follow each other against the rules.
    @Test func versionsOfConfluentsRegistryComeInUnderOtherIdsAndItsRulesAreAsBefore() async throws {
        try await ClusterFixture.simulated { source, _ in
            let registry = try #require(source.registry)
            try await registry.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject("b-value"))
            _ = try await registry.register(Registration(schema: Self.schema("int", "B")), under: "b-value")
            _ = try await registry.register(Registration(schema: Self.schema("string", "B")), under: "b-value")
            try await registry.deleteCompatibility(of: .subject("b-value"))
            _ = try await registry.register(Registration(schema: Self.schema("int", "A")), under: "a-value")
            let wanted = try await SchemasKind().observe(Sweep(source)).desired.filter { $0.id.parts.count == 3 }
            #expect(wanted.count == 3)

            try await ClusterFixture.simulated(flavour: .apicurio) { target, _ in
                let apicurio = try #require(target.registry)
                try await apicurio.setCompatibility(CompatibilitySetting(level: "FULL"), of: .global)
                let proposal = try await propose(wanted, target)
                #expect(proposal.conflicts == [] && proposal.losses.contains { $0.why.contains("new ids") })
                try await SchemasKind().apply(proposal.steps, to: target) { step, outcome in #expect(outcome == .done, "\(step)") }
                let observed = try await SchemasKind().observe(Sweep(target))
                #expect(observed.state.isComplete)
                for expected in proposal.expected {
                    #expect(observed.desired.contains { SchemasKind().satisfies($0, expected) }, "\(expected.id)")
                }
                #expect(try await apicurio.effectiveCompatibility(of: "b-value").level == "FULL", "no level of its own is left")
                #expect(observed.desired.map(\.id).filter { $0.parts.count < 3 } == [ResourceID("compatibility"), ResourceID("mode")])
                let again = try await propose(wanted, target)
                #expect(again.steps == [] && again.conflicts == [])
            }
        }
    }

    @Test func whatItKeepsBackIsAnUnreadPart() async throws {
        try await ClusterFixture.simulated(flavour: .apicurio) { source, _ in
            let registry = try #require(source.registry)
            _ = try await registry.register(Registration(schema: Self.schema("int", "A")), under: "a-value")
            _ = try await registry.register(Registration(schema: Self.schema("int", "B")), under: "b-value")
            #expect(try await SchemasKind().observe(Sweep(source)).state.isComplete)
            try await registry.delete(1, of: "a-value")
            let observed = try await SchemasKind().observe(Sweep(source))
            #expect(observed.state.unread.map(\.what) == ["version 1 of subject a-value"])
            #expect(observed.desired.filter { $0.id.parts.count == 3 }.map(\.id) == [ResourceID("schema", "b-value", "1")])
        }
    }
}
