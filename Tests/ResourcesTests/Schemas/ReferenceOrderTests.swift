import Bytes
import SnapshotModel
import Testing

@testable import Resources

@Suite struct ReferenceOrderTests {
    private func schema(_ subject: ByteString, _ version: Int64, _ references: [(ByteString, Int64)] = []) -> SchemaDocument {
        SchemaDocument(
            subject: subject, version: version, id: 1, type: "AVRO", schema: "{}",
            references: references.map { SchemaDocument.Reference(name: $0.0, subject: $0.0, version: $0.1) }, metadata: nil, ruleSet: nil,
            isDeleted: false)
    }

    private func order(_ schemas: [SchemaDocument], known: Set<ResourceID> = []) -> [String]? {
        SchemasKind.referencesFirst(schemas, known: known)?.map { "\($0.subject)\($0.version)" }
    }

    @Test func whatIsReferredToComesFirstAcrossSubjectsAndVersions() {
        #expect(order([schema("a", 1, [("z", 2)]), schema("z", 1), schema("z", 2)]) == ["z1", "z2", "a1"])
    }

    @Test func versionsOfASubjectKeepTheirOrderEvenWhenAnEarlierOneWaits() {
        #expect(order([schema("a", 1, [("b", 1)]), schema("a", 2), schema("b", 1)]) == ["b1", "a1", "a2"])
    }

    @Test func versionTenComesAfterVersionNine() {
        #expect(order([schema("a", 10), schema("a", 9)]) == ["a9", "a10"])
    }

    @Test func aCircleHasNoOrder() {
        #expect(order([schema("a", 1, [("b", 1)]), schema("b", 1, [("a", 1)])]) == nil)
    }

    @Test func aReferenceToWhatIsNowhereHasNoOrder() {
        #expect(order([schema("a", 1, [("gone", 1)])]) == nil)
        #expect(order([schema("a", 1, [("there", 1)])], known: [ResourceID("schema", "there", "1")]) == ["a1"])
    }

    @Test func aReferenceIsMeantInTheContextOfWhoRefers() {
        #expect(order([schema(":.ctx:a", 1, [("b", 1)]), schema(":.ctx:b", 1)]) == [":.ctx:b1", ":.ctx:a1"])
        #expect(order([schema(":.ctx:a", 1, [("b", 1)]), schema("b", 1)]) == nil)
    }
}
