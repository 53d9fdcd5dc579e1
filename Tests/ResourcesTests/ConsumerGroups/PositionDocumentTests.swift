import Bytes
import SnapshotModel
import Testing

@testable import Resources

@Suite struct PositionDocumentTests {
    private let positions = PositionDocument(
        group: "g\u{0}", topic: "orders",
        positions: [
            0: .init(offset: 5, metadata: ""), 10: .init(offset: Int64.max, metadata: "a\u{0}b"),
            2: .init(offset: -5, metadata: ByteString(bytes: [0xff])),
        ])

    @Test func itsFormIsInColumnsWithLargeOffsetsAsText() {
        #expect(
            String(decoding: positions.body.canonicalBytes, as: UTF8.self)
                == #"{"metadata":{"10":"a\u0000b","2":{"$base64":"/w=="}},"offsets":[5,-5,"9223372036854775807"],"partitions":[0,2,10]}"#)
    }

    @Test func itRoundTripsNulAndBytesThatAreNoText() throws {
        #expect(try PositionDocument(Document.parse(positions.document.canonicalBytes)) == positions)
    }

    @Test(arguments: [
        #"{"offsets":[1],"partitions":[]}"#, #"{"offsets":[],"partitions":[]}"#, #"{"offsets":[1,2],"partitions":[0,0]}"#,
        #"{"offsets":["x"],"partitions":[0]}"#, #"{"offsets":[1],"partitions":[-1]}"#, "null",
    ]) func aMalformedBodyIsRefused(_ text: String) throws {
        let document = Document(id: ResourceID("g", "t"), body: try JSON.parse(Array(text.utf8)))
        #expect(throws: MalformedDocument.self) { try PositionDocument(document) }
    }

    /// Java's String.hashCode over UTF-16 units, as brokers place a group: known values of the JVM.
    @Test func aGroupIsKeptWhereJavaPutsIt() {
        #expect(ByteString("a").offsetsPartition(of: 50) == 97 % 50)
        // "polygenelubricants".hashCode() is Int.min: the sign bit is masked, not negated.
        #expect(ByteString("polygenelubricants").offsetsPartition(of: 50) == 0)
        // "hello".hashCode() == 99162322
        #expect(ByteString("hello").offsetsPartition(of: 50) == 99_162_322 % 50)
    }
}
