/// Percent-encoding (RFC 3986 section 2.1) of everything but letters, digits and `-._~`: what query parameters, forms and the
/// signatures of AWS want.
public enum Percent {
    /// `keeping`: further ASCII characters that stay as they are, such as `/` in a path.
    public static func encode(_ text: some StringProtocol, keeping kept: String = "") -> String {
        var output: [UInt8] = []
        for unit in text.utf8 {
            if isUnreserved(unit) || kept.utf8.contains(unit) {
                output.append(unit)
            } else {
                output.append(UInt8(ascii: "%"))
                output.append(contentsOf: [unit].hex.uppercased().utf8)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// `name=value` pairs with `&` between, as a query or an `application/x-www-form-urlencoded` body.
    public static func form(_ fields: [(name: String, value: String)]) -> String {
        fields.map { "\(encode($0.name))=\(encode($0.value))" }.joined(separator: "&")
    }

    private static func isUnreserved(_ unit: UInt8) -> Bool {
        switch unit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
