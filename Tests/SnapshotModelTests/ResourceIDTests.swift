import Bytes
import SnapshotModel
import Testing

/// Ids that break what compares by anything but bytes.
let awkward: [ByteString] = [
    "", "a", "b", "caf\u{e9}", "cafe\u{301}", "\r\n", "\r", "\n", "a\0", "a\0b", "\0", "\0\0", "\0\u{1}", "\u{1}", "\u{1b}[2J", "a b",
    ByteString(String(repeating: "t", count: 249)), ByteString(bytes: [0xff, 0xfe]), ByteString(bytes: [0xff]),
    ByteString(bytes: [0, 0xff]),
]

@Suite struct ResourceIDTests {
    @Test func idsAreEqualExactlyWhenTheirBytesAre() {
        for (left, right) in pairs() {
            #expect((ResourceID(parts: left) == ResourceID(parts: right)) == (left == right), "\(left) \(right)")
        }
    }

    @Test func idsAreOrderedPartByPart() {
        for (left, right) in pairs() {
            #expect((ResourceID(parts: left) < ResourceID(parts: right)) == left.lexicographicallyPrecedes(right), "\(left) \(right)")
        }
    }

    @Test func noTwoIDsShareADictionaryKey() {
        let ids = lists().map { ResourceID(parts: $0) }
        #expect(Set(ids).count == ids.count)
    }

    @Test func theEncodingReadsBackAsTheParts() {
        for parts in lists() {
            #expect(ResourceID(encoded: ResourceID(parts: parts).encoded)?.parts == parts)
        }
    }

    @Test(arguments: [[], [0], [1], [0, 2], [0x61], [0x61, 0], [0x61, 0, 1, 0x62]] as [[UInt8]])
    func bytesThatAreNoEncodingAreRefused(_ bytes: [UInt8]) { #expect(ResourceID(encoded: bytes) == nil) }

    @Test func jsonReadsBackAsTheParts() throws {
        for parts in lists() {
            let id = ResourceID(parts: parts)
            #expect(ResourceID(json: try JSON.parse(id.json.canonicalBytes)) == id)
        }
    }

    @Test func aDescriptionHoldsNoControlCharacter() {
        for parts in lists() {
            let description = ResourceID(parts: parts).description
            #expect(
                description.unicodeScalars.allSatisfy {
                    $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
                })
        }
        #expect(ResourceID("a\u{1b}[2J\n", "\u{202e}x\\").description == "a\\x1b[2J\\n/\\u{202e}x\\\\")
        #expect(ResourceID(ByteString(bytes: [0x61, 0xff])).description == "a\\xff")
    }

    private func lists() -> [[ByteString]] {
        awkward.map { [$0] } + awkward.flatMap { first in awkward.map { [first, $0] } } + [["a", "", ""], ["a", "b", "c"]]
    }

    private func pairs() -> [([ByteString], [ByteString])] {
        let lists = lists()
        return lists.flatMap { left in lists.map { (left, $0) } }
    }
}
