import Bytes
import Testing

@testable import SchemaRegistryClient

/// What a registry keeps beside its schemas comes back as it was: names by their bytes, numbers by their digits.
@Suite struct RegistryJSONTests {
    private func read(_ text: String) throws -> RegistryJSON { try RegistryJSON.parse(Array(text.utf8)) }

    @Test(arguments: [
        "166666600624692880.3166065384", "1.5", "1.50", "-0.0", "-0", "1e19", "1E+19", "9.3e18", "9223372036854775807",
        "-9223372036854775808",
        "123456789012345678901234567890", "1e400", "4.0", "0",
    ])
    func aNumberKeepsItsDigits(_ text: String) throws {
        let value = try read(text)
        #expect(value.canonical == ByteString(text))
        #expect(try read("[\(text) ,{\"a\":\(text)}]").canonical == ByteString("[\(text),{\"a\":\(text)}]"))
    }

    @Test(arguments: [
        "01", "+1", "1.", ".5", "1e", "1e+", "--1", "0x10", "NaN", "Infinity", "1_000", "-", "1 2", "tru", "nul", "[1,]", "{\"a\":1,}",
        "{a:1}", "",
        "\"a", "\"\\x\"", "\"\\ud800\"", "\"\\udc00\"", "\"\t\"", "[1", "{\"a\" 1}", "\"\\u12g4\"",
    ])
    func whatIsNotJSONIsRefused(_ text: String) { #expect(throws: RegistryJSON.Malformed.self) { try read(text) } }

    @Test func twoNormalFormsOfAWordAreTwoNames() throws {
        let text = "{\"cafe\u{301}\":1,\"caf\u{e9}\":2}"
        guard case .object(let members) = try read(text) else {
            Issue.record("no object")
            return
        }
        #expect(members.count == 2)
        #expect(try read(text).canonical == ByteString(text))
    }

    @Test func aNameThatIsThereTwiceIsRefused() throws {
        #expect(throws: RegistryJSON.Malformed.self) { try read(#"{"a":1,"a":1}"#) }
        #expect(throws: RegistryJSON.Malformed.self) { try read(#"{"a":1,"\u0061":1}"#) }
    }

    @Test func textIsUTF8() throws {
        #expect(throws: RegistryJSON.Malformed.self) { try RegistryJSON.parse([0x22, 0xff, 0x22]) }
        #expect(try read(#""\ud83d\ude00\u0000\/""#) == .string(ByteString("\u{1f600}\u{0}/")))
    }

    @Test func itIsNestedNoDeeperThanADocumentHolds() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        #expect(try read(nested(48)).canonical == ByteString(nested(48)))
        #expect(throws: RegistryJSON.Malformed.self) { try read(nested(49)) }
        #expect(throws: RegistryJSON.Malformed.self) { try read(nested(1_000_000)) }
    }

    @Test func anAnswerThatIsNotWhatWasDueIsSaidByItsMember() throws {
        let mismatch = #expect(throws: Mismatch.self) {
            try [SchemaVersion](try read(#"[{"subject":"s","version":1,"id":"7","schema":"\"int\""}]"#))
        }
        #expect(mismatch?.reason == "the answer's '0.id' is of another type than due")
        #expect(#expect(throws: Mismatch.self) { try Schema(try read("{}")) }?.reason == "the answer lacks 'schema'")
        #expect(throws: Mismatch.self) { try SchemaVersionName(try read(#"{"subject":"s","version":2147483648}"#)) }
    }
}
