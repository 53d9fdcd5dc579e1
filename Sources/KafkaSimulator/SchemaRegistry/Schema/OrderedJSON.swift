import Bytes

/// JSON as it was written: members in their order, numbers as their digits, text as its bytes. What a registry keeps of a
/// schema's text depends on just these, so a parser that forgets them will not do.
indirect enum OrderedJSON: Hashable, Sendable {
    struct Member: Hashable, Sendable {
        var name: ByteString
        var value: OrderedJSON
    }

    case null
    case flag(Bool)
    case number(String)
    case text(ByteString)
    case array([OrderedJSON])
    case object([Member])

    static func integer(_ value: Int) -> OrderedJSON { .number(String(value)) }

    /// The last member of that name, as JSON parsers of both real registries have it.
    subscript(name: ByteString) -> OrderedJSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == name }?.value
    }

    var asText: ByteString? {
        guard case .text(let text) = self else { return nil }
        return text
    }

    var asFlag: Bool? {
        guard case .flag(let flag) = self else { return nil }
        return flag
    }

    var asInteger: Int? {
        guard case .number(let digits) = self else { return nil }
        return Int(digits)
    }

    var asArray: [OrderedJSON]? {
        guard case .array(let elements) = self else { return nil }
        return elements
    }

    var asMembers: [Member]? {
        guard case .object(let members) = self else { return nil }
        return members
    }
}

extension OrderedJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral value: String) { self = .text(ByteString(value)) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(booleanLiteral value: Bool) { self = .flag(value) }
}

extension OrderedJSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    init(arrayLiteral elements: OrderedJSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (ByteString, OrderedJSON)...) {
        self = .object(elements.map { Member(name: $0.0, value: $0.1) })
    }
}

extension OrderedJSON {
    /// How a document is written without white space.
    struct Style: Sendable {
        /// Members by the order of their names' bytes instead of as they came.
        var sortsNames = false
        /// What is not ASCII as `\u` escapes.
        var escapesNonASCII = false

        /// Java's: as it came.
        static let asWritten = Style()
        /// Python's `json.dumps(…, sort_keys=True)`.
        static let sorted = Style(sortsNames: true, escapesNonASCII: true)
    }

    /// The document without white space.
    func compact(_ style: Style = .asWritten) -> ByteString {
        var bytes: [UInt8] = []
        write(into: &bytes, style)
        return ByteString(bytes: bytes)
    }

    private func write(into bytes: inout [UInt8], _ style: Style) {
        switch self {
        case .null: bytes += "null".utf8
        case .flag(let flag): bytes += (flag ? "true" : "false").utf8
        case .number(let digits): bytes += digits.utf8
        case .text(let text): Self.write(text, into: &bytes, style)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.write(into: &bytes, style)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in (style.sortsNames ? members.sorted { $0.name < $1.name } : members).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                Self.write(member.name, into: &bytes, style)
                bytes.append(UInt8(ascii: ":"))
                member.value.write(into: &bytes, style)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ text: ByteString, into bytes: inout [UInt8], _ style: Style) {
        func escape(_ unit: UInt16) {
            bytes += "\\u".utf8
            bytes += [UInt8(unit >> 8), UInt8(unit & 255)].hex.utf8
        }
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.description.unicodeScalars {
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case "\u{8}": bytes += "\\b".utf8
            case "\u{C}": bytes += "\\f".utf8
            case _ where scalar.value < 0x20: escape(UInt16(scalar.value))
            case _ where scalar.isASCII || !style.escapesNonASCII: bytes += String(scalar).utf8
            default: for unit in String(scalar).utf16 { escape(unit) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
