import Testing

@testable import Bytes

@Suite struct PercentTests {
    @Test func onlyUnreservedCharactersStay() {
        #expect(Percent.encode("aZ09-._~") == "aZ09-._~")
        #expect(Percent.encode(" /+=%é\u{0}") == "%20%2F%2B%3D%25%C3%A9%00")
        #expect(Percent.encode("a/b c", keeping: "/") == "a/b%20c")
        #expect(Percent.form([("a b", "c&d"), ("e", "")]) == "a%20b=c%26d&e=")
    }

    @Test func base64ForURLsHasNoPaddingAndReadsItAllTheSame() {
        for bytes: [UInt8] in [[], [0xFB], [0xFB, 0xFF], [0xFB, 0xFF, 0xFE], [1, 2, 3, 4]] {
            let text = Base64URL.encode(bytes)
            #expect(!text.contains { "+/=".contains($0) })
            #expect(Base64URL.decode(text) == bytes)
        }
        #expect(Base64URL.encode([0xFB, 0xFF]) == "-_8")
        #expect(Base64URL.decode("-_8=") == [0xFB, 0xFF])
        for wrong in ["a", "!!!!", "ab\n", "é"] { #expect(Base64URL.decode(wrong) == nil) }
    }
}
