extension ByteString {
    /// The text for a terminal or a message: control characters (C0, DEL, C1), direction marks and bytes that are not UTF-8
    /// as `\n`-like or `\x1b`-like escapes, `\` doubled, so that a name can neither move the cursor nor pass for another.
    public var escaped: String {
        guard let text = validText else {
            return bytes.reduce(into: "") { text, byte in
                text += (0x20..<0x7f).contains(byte) && byte != 0x5c ? String(UnicodeScalar(byte)) : "\\x" + [byte].hex
            }
        }
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\r": escaped.append(contentsOf: "\\r".unicodeScalars)
            case "\t": escaped.append(contentsOf: "\\t".unicodeScalars)
            case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
            default:
                switch scalar.properties.generalCategory {
                case .control where scalar.value < 0x100:
                    escaped.append(contentsOf: ("\\x" + [UInt8(scalar.value)].hex).unicodeScalars)
                case .control, .format, .lineSeparator, .paragraphSeparator:
                    escaped.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
                default: escaped.append(scalar)
                }
            }
        }
        return String(escaped)
    }
}
