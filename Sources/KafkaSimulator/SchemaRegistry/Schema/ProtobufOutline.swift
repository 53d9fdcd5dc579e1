import Bytes

/// The serialized form (a FileDescriptorProto, google/protobuf/descriptor.proto) of small Protobuf files: syntax, package, imports
/// and messages with scalar fields. Anything else is refused rather than got wrong.
struct ProtobufOutline {
    /// Whose bytes: they differ in two optional members [seen].
    enum Style {
        case confluent
        case karapace
    }

    private static let scalars: [String: UInt8] = [
        "double": 1, "float": 2, "int64": 3, "uint64": 4, "int32": 5, "fixed64": 6, "fixed32": 7, "bool": 8, "string": 9, "bytes": 12,
        "uint32": 13, "sfixed32": 15, "sfixed64": 16, "sint32": 17, "sint64": 18,
    ]

    private var tokens: ArraySlice<String>
    private let style: Style

    /// The descriptor as base 64. Throws 42201 where the file holds more than this knows.
    static func serialized(_ text: ByteString, style: Style) throws(RegistryFailure) -> ByteString {
        var outline = ProtobufOutline(tokens: tokens(text.description)[...], style: style)
        return ByteString(Base64.encode(try outline.file()))
    }

    private mutating func file() throws(RegistryFailure) -> [UInt8] {
        var syntax = "proto2"
        var package: [UInt8] = []
        var imports: [UInt8] = []
        var messages: [UInt8] = []
        while let word = tokens.popFirst() {
            switch word {
            case "syntax":
                try expect("=")
                syntax = try next()
                try expect(";")
            case "package":
                package = Self.member(2, Array(try next().utf8))
                try expect(";")
            case "import":
                imports += Self.member(3, Array(try next().utf8))
                try expect(";")
            case "message": messages += Self.member(4, try message())
            default: throw Self.unknown(word)
            }
        }
        let name = style == .confluent ? Self.member(1, Array("default".utf8)) : []
        return name + package + imports + messages + (syntax == "proto2" ? [] : Self.member(12, Array(syntax.utf8)))
    }

    private mutating func message() throws(RegistryFailure) -> [UInt8] {
        var bytes = Self.member(1, Array(try next().utf8))
        try expect("{")
        while tokens.first != "}" { bytes += Self.member(2, try field()) }
        try expect("}")
        return bytes
    }

    private mutating func field() throws(RegistryFailure) -> [UInt8] {
        let labels: [String: UInt8] = ["optional": 1, "required": 2, "repeated": 3]
        var label: UInt8?
        if let word = tokens.first, let known = labels[word] {
            label = known
            tokens.removeFirst()
        }
        let type = try next()
        guard let code = Self.scalars[type], label != 1 else { throw Self.unknown(type) }
        let name = Array(try next().utf8)
        try expect("=")
        let word = try next()
        guard let number = UInt64(word) else { throw Self.unknown(word) }
        try expect(";")
        if label == nil, style == .karapace { label = 1 }
        return Self.member(1, name) + [0x18] + Self.varint(number) + (label.map { [0x20, $0] } ?? []) + [0x28, code]
    }

    private mutating func next() throws(RegistryFailure) -> String {
        guard let token = tokens.popFirst() else { throw Self.unknown("end of file") }
        return token
    }

    private mutating func expect(_ token: String) throws(RegistryFailure) {
        let found = try next()
        guard found == token else { throw Self.unknown(found) }
    }

    private static func unknown(_ token: String) -> RegistryFailure {
        RegistryFailure(42201, "The simulated registry does not serialize Protobuf files that hold '\(token)'")
    }

    /// A length-delimited member.
    private static func member(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] { [number << 3 | 2] + varint(UInt64(bytes.count)) + bytes }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    /// Words, quoted texts without their quotes, and single signs; line comments are left out.
    private static func tokens(_ text: String) -> [String] {
        var tokens: [String] = []
        for line in text.split(whereSeparator: \.isNewline) {
            var rest = line
            while let first = rest.first, !rest.hasPrefix("//") {
                if first == "\"" {
                    let quoted = rest.dropFirst().prefix { $0 != "\"" }
                    tokens.append(String(quoted))
                    rest = rest.dropFirst(quoted.count + 2)
                } else if first.isWhitespace {
                    rest = rest.dropFirst()
                } else {
                    let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
                    tokens.append(String(word.isEmpty ? rest.prefix(1) : word))
                    rest = rest.dropFirst(max(1, word.count))
                }
            }
        }
        return tokens
    }
}
