import SchemaRegistryClient
import SnapshotModel
import Testing

@testable import Resources

/// What a registry keeps beside a schema goes through a document and comes back as it was.
@Suite struct RegistryJSONDocumentTests {
    @Test(
        arguments: [
            .integer(0), .integer((1 << 53) - 1), .integer(1 << 53), .integer(.max), .integer(.min), .number(0.5),
            .string("9007199254740993"),
            .object(["$integer": .string("5")]), .object(["$$integer": .integer(.max)]), .object(["a": .array([.integer(.min), .null])]),
            .object(["$integer": .integer(1), "b": .bool(true)]), .object(["integer": .string("x")]),
        ] as [RegistryJSON])
    func itComesBackExactly(_ json: RegistryJSON) throws {
        let document = JSON(json)
        #expect(RegistryJSON(document) == json)
        #expect(RegistryJSON(try JSON.parse(document.canonicalBytes)) == json)
    }

    @Test func aLongIntegerIsNoPlainNumberOrText() {
        #expect(JSON(RegistryJSON.integer(9_007_199_254_740_993)) == .object(["$integer": "9007199254740993"]))
    }
}
