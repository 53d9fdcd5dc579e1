import Bytes
import Testing

@Suite struct ByteStringTests {
    @Test func textInBothNormalFormsIsTwoByteStrings() {
        let composed: ByteString = "caf\u{e9}"
        let decomposed: ByteString = "cafe\u{301}"
        #expect("caf\u{e9}" == "cafe\u{301}", "Swift's own strings are one key")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(decomposed < composed)
    }

    @Test func orderIsThatOfUnsignedBytesTheShorterFirst() {
        let ascending: [ByteString] = [
            "", "\0", "\0\0", "A", "a", "a\0", "aa", "b", "\u{7f}", "é", ByteString(bytes: [0xff]), ByteString(bytes: [0xff, 0x00]),
        ]
        for (index, left) in ascending.enumerated() {
            for (other, right) in ascending.enumerated() {
                #expect((left < right) == (index < other))
                #expect((left == right) == (index == other))
            }
        }
    }

    @Test func whatIsNotUTF8IsKeptAndSaidToBeNone() {
        for bytes in [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xc0, 0x80], [0xf5, 0x80, 0x80, 0x80]] as [[UInt8]] {
            #expect(ByteString(bytes: bytes).bytes == bytes)
            #expect(ByteString(bytes: bytes).validText == nil)
        }
        #expect(ByteString("né\0").validText == "né\0")
    }

    @Test func prefixesAndSumsAreOfBytes() {
        let text: ByteString = "cafe\u{301}"
        #expect(text.hasPrefix("cafe"))
        #expect(!text.hasPrefix("caf\u{e9}"))
        #expect(text.hasPrefix(""))
        #expect(("a" as ByteString) + "b" == "ab")
        #expect(text.count == 6 && !text.isEmpty)
    }

    @Test(arguments: [
        ("plain.topic-1_x", "plain.topic-1_x"), ("a\nb\r\tc", "a\\nb\\r\\tc"), ("\u{1b}[2J", "\\x1b[2J"), ("back\\slash", "back\\\\slash"),
        ("\0", "\\x00"), ("\u{7f}\u{9b}", "\\x7f\\x9b"), ("\u{202e}x", "\\u{202e}x"), ("\u{200b}", "\\u{200b}"), ("\u{2028}", "\\u{2028}"),
        ("é😀", "é😀"),
    ]) func escapedTextCannotMoveTheCursor(_ text: String, _ escaped: String) { #expect(ByteString(text).escaped == escaped) }

    @Test func escapedBytesThatAreNotUTF8AreHexadecimal() { #expect(ByteString(bytes: [0x61, 0xff, 0x5c]).escaped == "a\\xff\\x5c") }
}
