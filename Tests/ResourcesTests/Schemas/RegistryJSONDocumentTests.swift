import Bytes
import ClusterFixture
import SchemaRegistryClient
import SnapshotModel
import Testing

@testable import Resources

/// What a registry keeps beside a schema goes through a document and comes back as it was.
@Suite struct RegistryJSONDocumentTests {
    static func number(_ literal: String) -> RegistryJSON { RegistryNumber(literal: literal).map { .number($0) } ?? .null }

    /// Members that a String or a Double would change.
    static let awkward: RegistryJSON = .object([
        "cafe\u{301}": .string("one"), "caf\u{e9}": .string("two"), "long": number("123456789012345678901234567890"),
        "nine": .integer(.max), "money": number("1.50"), "zero": number("-0"), "huge": number("1e400"), "$integer": .string("5"),
        "deep": .array([.null, .bool(true), .object(["\u{0}": number("9007199254740993")])]),
    ])

    @Test(
        arguments: [
            .integer(0), .integer((1 << 53) - 1), .integer(1 << 53), .integer(.max), .integer(.min), number("0.5"), number("0.50"),
            number("-0"), number("-0.0"), number("0.0"), number("1e400"), number("1E5"), number("1e+20"), number("100000.0"),
            number("123456789012345678901234567890"), .string("9007199254740993"), .string("cafe\u{301}"),
            .object(["$integer": .string("5")]), .object(["$$integer": .integer(.max)]), .object(["a": .array([.integer(.min), .null])]),
            .object(["$integer": .integer(1), "b": .bool(true)]), .object(["integer": .string("x")]), awkward,
        ] as [RegistryJSON])
    func itComesBackExactly(_ json: RegistryJSON) throws {
        let document = JSON(json)
        #expect(RegistryJSON(document) == json)
        #expect(RegistryJSON(try JSON.parse(document.canonicalBytes)) == json)
    }

    @Test func aLongIntegerIsNoPlainNumberOrText() {
        #expect(JSON(RegistryJSON.integer(9_007_199_254_740_993)) == .object(["$integer": "9007199254740993"]))
        #expect(JSON(Self.number("0.5")) == .number(0.5) && JSON(Self.number("7")) == .integer(7))
    }

    /// From one registry through documents into another, which is found to hold the same.
    @Test func metadataWithSuchMembersIsRestoredEqual() async throws {
        try await ClusterFixture.simulated { source, _ in
            let registry = try #require(source.registry)
            let schema = Schema(text: #""string""#, metadata: .object(["properties": Self.awkward]))
            _ = try await registry.register(Registration(schema: schema), under: "notes-value")
            let found = try await SchemasKind().observe(Sweep(source)).desired
            #expect(found.first { $0.id.parts.count == 3 }?.body["metadata"]?["properties"] == JSON(Self.awkward))
            let wanted = try found.map { Document(id: $0.id, body: try JSON.parse($0.body.canonicalBytes)) }
            try await ClusterFixture.simulated { target, _ in
                let context = ProposalContext(
                    target: target, observed: try await SchemasKind().observe(Sweep(target)), existing: .validate, offsets: nil,
                    remapping: .identity(brokers: []), topicsToCome: [:], evidence: [])
                let proposal = try await SchemasKind().propose(wanted, context)
                #expect(proposal.conflicts == [])
                try await SchemasKind().apply(proposal.steps, to: target) { _, outcome in #expect(outcome == .done) }
                #expect(try await SchemasKind().observe(Sweep(target)).desired == wanted)
            }
        }
    }
}
