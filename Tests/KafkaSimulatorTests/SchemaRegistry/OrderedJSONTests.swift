import Bytes
import Testing

@testable import KafkaSimulator

@Suite("JSON as it was written")
struct OrderedJSONTests {
    private func parse(_ text: String) throws -> OrderedJSON { try OrderedJSON(parsing: Array(text.utf8)) }

    @Test(
        "order, numbers and text survive, white space does not",
        arguments: [
            (#" { "b" : 1 , "a" : [ ] } "#, #"{"b":1,"a":[]}"#), ("1.0", "1.0"), ("-0.50e+10", "-0.50e+10"),
            ("123456789012345678901234567890", "123456789012345678901234567890"), (#""\u00e9\/\n""#, "\"é/\\n\""),
            (#""\ud83d\ude00""#, "\"😀\""), ("[true,false,null]", "[true,false,null]"), (#"{"a":1,"a":2}"#, #"{"a":1,"a":2}"#),
        ])
    func keeps(text: String, compact: String) throws {
        #expect(try parse(text).compact() == ByteString(compact))
    }

    @Test("sorted as Python sorts, with escapes for what is not ASCII")
    func sorts() throws {
        #expect(try parse(#"{"b":{"d":1,"c":2},"a":"é😀"}"#).compact(.sorted) == #"{"a":"\u00e9\ud83d\ude00","b":{"c":2,"d":1}}"#)
    }

    @Test("two normal forms of one name are two members")
    func normalForms() throws {
        let document = try parse("{\"caf\u{e9}\":1,\"cafe\u{301}\":2}")
        #expect(document["caf\u{e9}"] == 1)
        #expect(document["cafe\u{301}"] == 2)
    }

    @Test("the last of two equal members counts")
    func duplicates() throws {
        #expect(try parse(#"{"a":1,"a":2}"#)["a"] == 2)
    }

    @Test(
        "what is not JSON is refused",
        arguments: [
            "", "{", "[1,]", "{\"a\"}", "01", "1.", "-", "tru", "\"a", "\"\\x\"", "\"\\u12\"", "\"\u{1}\"", "1 2", "{a:1}", "'a'", "NaN",
        ])
    func refuses(text: String) {
        #expect(throws: OrderedJSONError.self) { try parse(text) }
    }

    @Test("bytes that are not UTF-8 are refused")
    func refusesBytes() {
        #expect(throws: OrderedJSONError.self) { try OrderedJSON(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test("the place of the first fault is told")
    func places() {
        let error = #expect(throws: OrderedJSONError.self) { try parse("{\n  \"a\": 1\n  \"b\": 2}") }
        #expect(
            error
                == OrderedJSONError(
                    reason: "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries", line: 3, column: 3))
    }

    @Test("deep nesting is refused instead of running out of stack")
    func depth() throws {
        #expect(throws: OrderedJSONError.self) { try parse(String(repeating: "[", count: 100_000)) }
        #expect(try parse(String(repeating: "[", count: 500) + String(repeating: "]", count: 500)).asArray?.count == 1)
    }

    @Test(
        "MD5 gives the digests of RFC 1321",
        arguments: [
            ("", "d41d8cd98f00b204e9800998ecf8427e"), ("a", "0cc175b9c0f1b6a831c399e269772661"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"), ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
            (String(repeating: "1234567890", count: 8), "57edf4a22be3c955ac49da2e2107b67a"),
        ])
    func md5(text: String, digest: String) {
        #expect(MD5.digest(Array(text.utf8)).hex == digest)
    }
}
