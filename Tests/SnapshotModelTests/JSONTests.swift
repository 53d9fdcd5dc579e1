import Bytes
import Seams
import SnapshotModel
import Testing

@Suite struct JSONTests {
    @Test(
        arguments: [
            (.null, "null"), (.bool(true), "true"), (.integer(-7), "-7"), (.integer(Int64.min), "-9223372036854775808"),
            (.number(0.5), "0.5"), (.number(1), "1.0"), (.number(-0.0), "0.0"), (.number(1e300), "1e+300"), (.number(.nan), "\"NaN\""),
            (.array([]), "[]"), (.object([:]), "{}"), (.array([.integer(1), .null]), "[1,null]"),
            (.text("a\"b\\c/\n\u{7f}é"), "\"a\\\"b\\\\c/\\u000a\u{7f}é\""),
            (.object(["b": .null, "a": .null, "é": .null, "B": .null]), "{\"B\":null,\"a\":null,\"b\":null,\"é\":null}"),
            (.text(ByteString(bytes: [0xff, 0xfe])), "{\"$base64\":\"//4=\"}"),
            (.object([ByteString(bytes: [0xff]): .null]), "{\"$base64:/w==\":null}"),
            (.object(["$base64": .text("//4=")]), "{\"$$base64\":\"//4=\"}"),
            (.object(["$$base64x": .null, "$ref": .null]), "{\"$$$base64x\":null,\"$ref\":null}"),
        ] as [(JSON, String)])
    func canonicalFormIs(_ value: JSON, _ text: String) { #expect(String(decoding: value.canonicalBytes, as: UTF8.self) == text) }

    @Test func whatIsWrittenReadsBackAsTheSame() throws {
        let chance = SeededChance(seed: 7)
        for _ in 0..<2_000 {
            let value = Self.random(chance, depth: 4)
            let bytes = value.canonicalBytes
            let read = try JSON.parse(bytes)
            #expect(read == value)
            #expect(read.canonicalBytes == bytes)
        }
    }

    @Test func keysInBothNormalFormsAreTwoKeys() throws {
        let value = JSON.object(["caf\u{e9}": .integer(1), "cafe\u{301}": .integer(2)])
        #expect(try JSON.parse(value.canonicalBytes).object?.count == 2)
    }

    @Test(arguments: [
        "", " ", "nul", "truex", "01", "-", "1.", ".5", "1e", "+1", "9223372036854775808", "1e999", "\"", "\"\u{1}\"", "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "[", "[1", "[1,]", "[1 2]", "{", "{\"a\"}", "{\"a\":1,}", "{1:2}",
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"\\u0061\":1}", "1 1", "{\"$base64\":\"?\"}", "{\"$base64\":\"YQ==\",\"a\":1}", "{\"a\":1,\"$base64\":\"YQ==\"}",
        "{\"$base64x\":1}",
        "[\"\\u00zz\"]",
    ])
    func whatIsNotStrictJSONIsRefused(_ text: String) { #expect(throws: JSONError.self) { try JSON.parse(Array(text.utf8)) } }

    @Test func otherProgramsJSONIsRead() throws {
        let text = #" { "a" : [ 1 , -2.5e3 , "\u00e9\ud83d\ude00\/\b\f\n\r\t" ] , "$ref" : null } "#
        #expect(
            try JSON.parse(Array(text.utf8))
                == .object(["a": .array([.integer(1), .number(-2500), .text("é😀/\u{8}\u{c}\n\r\t")]), "$ref": .null]))
    }

    @Test func textThatIsNotUTF8IsRefused() { #expect(throws: JSONError.self) { try JSON.parse([0x22, 0xff, 0x22]) } }

    @Test func nestingAndLengthAreBounded() {
        let deep = Array(repeating: UInt8(ascii: "["), count: 100_000)
        #expect(throws: JSONError.self) { try JSON.parse(deep) }
        #expect(throws: JSONError.self) { try JSON.parse(Array("[1,2,3]".utf8), limit: 6) }
    }

    @Test func everyCutAndEveryFlippedBitReadsOrThrows() throws {
        let whole = JSON.object(["$base64": .text(ByteString(bytes: [0xff])), "n": .array([.number(1.5), .integer(3), .bool(false)])])
            .canonicalBytes
        for end in 0..<whole.count { #expect(throws: JSONError.self) { try JSON.parse(whole[..<end]) } }
        for bit in 0..<whole.count * 8 {
            var flipped = whole
            flipped[bit / 8] ^= 1 << (bit % 8)
            if let value = try? JSON.parse(flipped) { #expect(try JSON.parse(value.canonicalBytes) == value) }
        }
    }

    @Test(arguments: [0, -1, JSON.largestExactInteger, JSON.largestExactInteger + 1, -JSON.largestExactInteger - 1, .max, .min] as [Int64])
    func countsKeepEveryDigit(_ value: Int64) throws {
        let json = JSON.count64(value)
        #expect(json.int64 == value)
        #expect((json.text != nil) == (value.magnitude > UInt64(JSON.largestExactInteger)))
        #expect(try JSON.parse(json.canonicalBytes).int64 == value)
    }

    @Test func textThatOnlyLooksLikeACountIsNone() {
        for text in ["", "+1", "01", "1 ", "x", "-0"] { #expect(JSON.text(text).int64 == nil) }
    }

    static func random(_ chance: some ChanceSource, depth: Int) -> JSON {
        func text() -> ByteString {
            let pieces: [ByteString] = [
                "a", "$", "base64", ":", "\"", "\\", "\n", "é", "\0", "😀", ByteString(bytes: [0xc3]), ByteString(bytes: [0xff]),
            ]
            return (0..<chance.number(in: 0...4)).reduce(ByteString()) { text, _ in text + pieces[chance.number(in: 0...pieces.count - 1)] }
        }
        switch chance.number(in: 0...(depth > 0 ? 6 : 4)) {
        case 0: return .null
        case 1: return .bool(chance.number(in: 0...1) == 1)
        case 2: return .integer(chance.number(in: Int.min...Int.max))
        case 3: return .number(Double(chance.number(in: -1_000_000...1_000_000)) / 1024)
        case 4: return .text(text())
        case 5: return .array((0..<chance.number(in: 0...3)).map { _ in random(chance, depth: depth - 1) })
        default:
            return .object(
                Dictionary((0..<chance.number(in: 0...3)).map { _ in (text(), random(chance, depth: depth - 1)) }, uniquingKeysWith: { $1 })
            )
        }
    }
}
