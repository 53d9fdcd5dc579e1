import Bytes
import ClusterFixture
import KafkaSimulator
import SchemaRegistryClient
import SnapshotModel
import Testing

@testable import Resources

/// What a plan says where ids of the snapshot and of the target's registry do not agree.
@Suite struct SchemaIDTests {
    private static let text = #"{"type":"record","name":"R","fields":[]}"#

    @Test func aVersionThatIsThereUnderAnotherIdIsALossWhereIdsCannotBeKept() async throws {
        try await on(.karapace) { source, registry in
            _ = try await registry.register(Registration(schema: Schema(text: ByteString(Self.text))), under: "orders")
            let held = try #require(try await observe(source).first { $0.id.parts.first == "schema" })
            let id = try #require(held.body["id"]?.int64)
            #expect(try await propose([held], source).losses == [])
            let proposal = try await propose([try moved(held, to: id + 40)], source)
            #expect(proposal.conflicts == [] && proposal.steps == [])
            #expect(proposal.losses.map(\.why).first?.contains("1 schema has another id on the target") == true)
            #expect(proposal.notes.map(\.text).contains("schema id \(id + 40) is \(id) on the target"))
        }
    }

    @Test(arguments: [Int64(3), 900]) func aSecondIdForWhatTheTargetHoldsIsAConflictOnEitherSideOfIt(_ other: Int64) async throws {
        try await on(.confluent) { source, registry in
            try await registry.setMode(.import, of: .subject("theirs"))
            _ = try await registry.register(Registration(schema: Schema(text: ByteString(Self.text)), id: 7, version: 1), under: "theirs")
            let held = try #require(try await observe(source).first { $0.id.parts.first == "schema" })
            var ours = try SchemaDocument(held)
            (ours.subject, ours.id) = ("ours", other)
            let proposal = try await propose([ours.document], source)
            #expect(proposal.conflicts.map(\.id) == [ours.key])
            ours.id = 7
            #expect(try await propose([ours.document], source).conflicts == [])
        }
    }

    @Test func aSubjectOfSomebodyElseIsNotAddedToWhereIdsCannotBeKept() async throws {
        try await on(.karapace) { source, registry in
            _ = try await registry.register(Registration(schema: Schema(text: #""long""#)), under: "orders")
            let held = try #require(try await observe(source).first { $0.id.parts.first == "schema" })
            var second = try SchemaDocument(held)
            (second.version, second.schema) = (2, #""string""#)
            let proposal = try await propose([second.document], source)
            #expect(proposal.conflicts.map(\.id) == [second.key] && proposal.steps == [])
        }
    }

    @Test func aContextInImportModeIsSomebodysChoice() async throws {
        try await on(.confluent) { source, registry in
            _ = try await registry.register(Registration(schema: Schema(text: ByteString(Self.text))), under: ":.link:orders")
            try await registry.setMode(.import, of: .context(".link"), force: true)
            let seen = try await observe(source)
            let mode = try #require(seen.first { $0.id.parts.first == "mode" && $0.id.parts.count == 2 }, "\(seen.map(\.id))")
            let wanted = Document(id: mode.id, body: .object(["level": "READWRITE"]))
            #expect(try await propose([wanted], source).conflicts.map(\.id) == [mode.id])
        }
    }

    // MARK: Steps

    private func moved(_ document: Document, to id: Int64) throws -> Document {
        var schema = try SchemaDocument(document)
        schema.id = id
        return schema.document
    }

    private func observe(_ source: Source) async throws -> [Document] { try await SchemasKind().observe(Sweep(source)).desired }

    private func propose(_ wanted: [Document], _ source: Source) async throws -> Proposal {
        let sweep = Sweep(source)
        return try await SchemasKind().propose(
            wanted,
            ProposalContext(
                target: source, observed: try await SchemasKind().observe(sweep), existing: .validate, offsets: .exact,
                remapping: .identity(brokers: try await sweep.describeCluster().brokers.map(\.id)), topicsToCome: [:], evidence: []))
    }

    private func on(_ flavour: RegistryFlavour, _ body: @Sendable (Source, SchemaRegistryClient) async throws -> Void) async throws {
        try await ClusterFixture.simulated(flavour: flavour) { source, _ in try await body(source, try #require(source.registry)) }
    }
}
