public import Bytes

/// Names as a terminal may see them. Brokers accept topics' groups called `ESC[2J` or `$(touch x)`, and with a
/// right-to-left override in them: whatever could move a cursor, hide or reorder text is spelled out instead.
public enum Printable {
    /// `text` with every control, format, separator, private or unassigned character as `\n`, `\t`, `\r`, or `\u{…}`, and with a
    /// backslash doubled, so that two different names never look alike through the escapes.
    public static func escape(_ text: some StringProtocol) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars { append(scalar, to: &escaped) }
        return escaped
    }

    /// As ``escape(_:)-(StringProtocol)``; bytes that are not UTF-8 are spelled `\xFF`.
    public static func escape(_ name: ByteString) -> String {
        if let text = name.validText { return escape(text) }
        var escaped = ""
        var rest = name.bytes[...]
        while !rest.isEmpty {
            // A scalar of UTF-8 is at most four bytes long.
            let length = (1...min(4, rest.count)).first { String(validating: rest.prefix($0), as: UTF8.self) != nil }
            if let length, let text = String(validating: rest.prefix(length), as: UTF8.self) {
                for scalar in text.unicodeScalars { append(scalar, to: &escaped) }
                rest = rest.dropFirst(length)
            } else if let byte = rest.first {
                escaped += "\\x" + hexadecimal(UInt32(byte), width: 2)
                rest = rest.dropFirst()
            }
        }
        return escaped
    }

    private static func append(_ scalar: Unicode.Scalar, to escaped: inout String) {
        switch scalar {
        case "\\": escaped += "\\\\"
        case "\n": escaped += "\\n"
        case "\r": escaped += "\\r"
        case "\t": escaped += "\\t"
        default:
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned:
                escaped += "\\u{" + hexadecimal(scalar.value, width: 1) + "}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
    }

    private static func hexadecimal(_ number: UInt32, width: Int) -> String {
        let digits = String(number, radix: 16, uppercase: width == 2)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// How many columns of a terminal the text takes: none for a combining mark, two for the wide East Asian ranges and emoji.
    public static func columns(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + columns($1) }
    }

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
