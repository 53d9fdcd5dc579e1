import Bytes

extension JSON {
    /// The one way in which this value is written: keys sorted by their bytes, no white space, the fewest escapes (`"`, `\`
    /// and control characters, these as `\u00XX`), UTF-8, doubles in the shortest form that reads back as the same.
    ///
    /// Text that is not UTF-8 becomes `{"$base64":"…"}`, a key that is not UTF-8 `"$base64:…"`. So that nothing else looks
    /// like these, a key that begins with one or more `$` and then `base64` gets one more `$` in front.
    public var canonicalBytes: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    func write(to output: inout [UInt8]) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): output.append(contentsOf: String(value).utf8)
        case .number(let value): Self.write(value, to: &output)
        case .text(let value):
            if value.isValid {
                Self.write(quoting: value.bytes, to: &output)
            } else {
                output.append(contentsOf: "{\"$base64\":\"".utf8)
                output.append(contentsOf: Base64.encode(value.bytes).utf8)
                output.append(contentsOf: "\"}".utf8)
            }
        case .array(let items):
            output.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                item.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            let written = members.map { (key: Self.writtenKey($0.key), value: $0.value) }
            output.append(UInt8(ascii: "{"))
            for (index, member) in written.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                Self.write(quoting: member.key.bytes, to: &output)
                output.append(UInt8(ascii: ":"))
                member.value.write(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func writtenKey(_ key: ByteString) -> ByteString {
        if !key.isValid { return ByteString("$base64:" + Base64.encode(key.bytes)) }
        let dollars = key.bytes.prefix { $0 == UInt8(ascii: "$") }.count
        return dollars > 0 && key.bytes.dropFirst(dollars).starts(with: "base64".utf8) ? "$" + key : key
    }

    private static func write(_ value: Double, to output: inout [UInt8]) {
        if value.isNaN {
            output.append(contentsOf: "\"NaN\"".utf8)
        } else if value.isInfinite {
            output.append(contentsOf: (value < 0 ? "\"-Infinity\"" : "\"Infinity\"").utf8)
        } else {
            // Minus zero equals zero, and equal values have equal bytes.
            output.append(contentsOf: (value == 0 ? "0.0" : value.description).utf8)
        }
    }

    private static func write(quoting bytes: [UInt8], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0..<0x20:
                output.append(contentsOf: "\\u00".utf8)
                output.append(contentsOf: [byte].hex.utf8)
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
