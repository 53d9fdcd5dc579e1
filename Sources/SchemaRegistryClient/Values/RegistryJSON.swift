public import Bytes

/// JSON that the registry keeps and this client passes on: metadata, rules, settings. Members have no order; names and texts are bytes, so
/// that two normal forms of one word stay two; numbers are kept as they are written.
public enum RegistryJSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(RegistryNumber)
    case string(ByteString)
    case array([RegistryJSON])
    case object([ByteString: RegistryJSON])

    public static func integer(_ value: Int64) -> RegistryJSON { .number(RegistryNumber(value)) }

    /// The member of that name of an object.
    public subscript(name: ByteString) -> RegistryJSON? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The one text that stands for this value: no white space, members by the bytes of their names.
    public var canonical: ByteString {
        var bytes: [UInt8] = []
        write(into: &bytes)
        return ByteString(bytes: bytes)
    }

    private func write(into bytes: inout [UInt8]) {
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .number(let number): bytes += number.literal.utf8
        case .string(let text): Self.write(text, into: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, (name, value)) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(name, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                value.write(into: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: ByteString, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.bytes {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0..<0x20: bytes += "\\u00\([byte].hex)".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}

/// A number as its JSON literal: `1`, `1.0` and `10e-1` are three.
public struct RegistryNumber: Hashable, Sendable {
    public let literal: String

    public init(_ value: Int64) { literal = String(value) }

    /// Nil where the text is no number of RFC 8259.
    public init?(literal: String) {
        var scanner = JSONScanner(Array(literal.utf8)[...], depth: 0)
        guard case .number(let number)? = try? scanner.token(), number.text == literal else { return nil }
        self.init(number)
    }

    init(_ number: JSONScanner.NumberLiteral) { literal = number.text }

    /// Nil where it is written otherwise than integers are, or does not fit.
    public var int64: Int64? { Int64(literal).flatMap { String($0) == literal ? $0 : nil } }
}
