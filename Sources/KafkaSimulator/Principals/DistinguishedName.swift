/// The subject of an X.509 certificate, written as RFC 2253 has it, which is what Kafka names a client of mutual TLS after.
struct DistinguishedName: CustomStringConvertible, Sendable {
    /// `CN=app,OU=payments,O=Example`: the last part of the certificate first.
    let description: String

    /// Nil where `certificate` is no certificate in DER.
    init?(subjectOf certificate: [UInt8]) {
        // Certificate ::= SEQUENCE { SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject, … }, … }
        guard let outer = DERElement.list(certificate[...])?.first, let body = DERElement.list(outer.content)?.first,
            var fields = DERElement.list(body.content)
        else { return nil }
        if fields.first?.tag == 0xA0 { fields.removeFirst() }
        guard fields.count > 4, let sets = DERElement.list(fields[4].content) else { return nil }
        var parts: [String] = []
        for set in sets {
            guard let pairs = DERElement.list(set.content) else { return nil }
            var written: [String] = []
            for pair in pairs {
                guard let both = DERElement.list(pair.content), both.count == 2 else { return nil }
                written.append(Self.write(both[0], both[1]))
            }
            parts.append(written.joined(separator: "+"))
        }
        description = parts.reversed().joined(separator: ",")
    }

    /// The types that Java knows by a word, by their object identifiers in DER.
    private static let words: [[UInt8]: String] = [
        [0x55, 4, 3]: "CN", [0x55, 4, 6]: "C", [0x55, 4, 7]: "L", [0x55, 4, 8]: "ST", [0x55, 4, 9]: "STREET", [0x55, 4, 10]: "O",
        [0x55, 4, 11]: "OU", [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 25]: "DC",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 1]: "UID",
    ]

    private static func write(_ type: DERElement, _ value: DERElement) -> String {
        let bytes = Array(value.content)
        guard let word = words[Array(type.content)], let text = String(validating: bytes, as: UTF8.self) else {
            let whole = value.encoded.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
            return "\(dotted(Array(type.content)))=#\(whole)"
        }
        var escaped = ""
        for (index, character) in text.enumerated() {
            let isOuterSpace = character == " " && (index == 0 || index == text.count - 1)
            if ",+\"\\<>;".contains(character) || (character == "#" && index == 0) || isOuterSpace { escaped += "\\" }
            escaped.append(character)
        }
        return "\(word)=\(escaped)"
    }

    private static func dotted(_ identifier: [UInt8]) -> String {
        var numbers: [Int] = []
        var number = 0
        for byte in identifier {
            number = (number & 0xFF_FFFF_FFFF_FFFF) << 7 | Int(byte & 0x7F)
            if byte & 0x80 != 0 { continue }
            numbers += numbers.isEmpty ? [min(2, number / 40), number - 40 * min(2, number / 40)] : [number]
            number = 0
        }
        return numbers.map(String.init).joined(separator: ".")
    }
}
