import Bytes
import Testing

@Suite struct HexTests {
    @Test func hexReadsBack() {
        let all = Array(UInt8.min...UInt8.max)
        #expect([UInt8](hex: all.hex) == all)
        #expect([UInt8](hex: all.hex.uppercased()) == all)
        #expect([0x00, 0x0f, 0xf0, 0xff].hex == "000ff0ff")
        #expect([UInt8](hex: "") == [])
    }

    @Test(arguments: ["0", "0g", "0x00", " 00", "00 ", "é", "0é"]) func whatIsNotHexIsRefused(_ text: String) {
        #expect([UInt8](hex: text) == nil)
    }
}

@Suite struct Base64Tests {
    /// RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func vectorsOfTheRFC(_ text: String, _ encoded: String) {
        #expect(Base64.encode(Array(text.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test func everyByteInEveryPlaceReadsBack() {
        for length in 0...4 {
            for byte in UInt8.min...UInt8.max {
                let bytes = [UInt8](repeating: byte, count: length)
                #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            }
        }
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Zg==Zg==", "=Zg=", "Z===", "====", "Zh==", "Zm9=", "Zm9v\n", "Zm-_", "Zg= =", "Zmé="])
    func whatIsNotCanonicalIsRefused(_ text: String) { #expect(Base64.decode(text) == nil) }
}
