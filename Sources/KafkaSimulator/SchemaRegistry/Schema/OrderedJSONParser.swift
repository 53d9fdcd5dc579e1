import Bytes

/// Why a text is not JSON, in the words of the parser that the registry of Confluent uses.
struct OrderedJSONError: Error, Equatable {
    var reason: String
    /// Both from 1, columns in bytes.
    var line: Int
    var column: Int
}

extension OrderedJSON {
    /// Reads one JSON document (RFC 8259) nested at most 512 deep.
    init(parsing bytes: [UInt8]) throws(OrderedJSONError) {
        var parser = OrderedJSONParser(bytes: bytes)
        self = try parser.document()
    }
}

private struct OrderedJSONParser {
    static let deepest = 512

    let bytes: [UInt8]
    var index = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(OrderedJSONError) -> OrderedJSON {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw failure("Invalid UTF-8") }
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw unexpected("end of input") }
        return value
    }

    private mutating func value(depth: Int) throws(OrderedJSONError) -> OrderedJSON {
        guard depth <= Self.deepest else { throw failure("Document nesting depth exceeds the maximum allowed (\(Self.deepest))") }
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .text(try text())
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return .number(try number())
        default:
            for (word, value) in [("null", OrderedJSON.null), ("true", .flag(true)), ("false", .flag(false))]
            where bytes[index...].starts(with: word.utf8) {
                index += word.utf8.count
                return value
            }
            throw unexpected("a valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false')")
        }
    }

    private mutating func object(depth: Int) throws(OrderedJSONError) -> OrderedJSON {
        index += 1
        var members: [OrderedJSON.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard peek == UInt8(ascii: "\"") else { throw unexpected("double-quote to start field name") }
            let name = try text()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw unexpected("a colon to separate field name and value") }
            members.append(OrderedJSON.Member(name: name, value: try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw unexpected("comma to separate Object entries") }
        }
    }

    private mutating func array(depth: Int) throws(OrderedJSONError) -> OrderedJSON {
        index += 1
        var elements: [OrderedJSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw unexpected("comma to separate Array entries") }
        }
    }

    private mutating func text() throws(OrderedJSONError) -> ByteString {
        index += 1
        var text: [UInt8] = []
        while let byte = peek {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return ByteString(bytes: text)
            case UInt8(ascii: "\\"):
                index += 1
                text += try escape()
            case 0..<0x20: throw failure("Illegal unquoted character ((CTRL-CHAR, code \(byte)))")
            default:
                text.append(byte)
                index += 1
            }
        }
        throw failure("Unexpected end-of-input in VALUE_STRING")
    }

    private mutating func escape() throws(OrderedJSONError) -> [UInt8] {
        guard let byte = peek else { throw failure("Unexpected end-of-input in character escape sequence") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            var units = [try unit()]
            if UTF16.isLeadSurrogate(units[0]), bytes[index...].starts(with: "\\u".utf8) {
                index += 2
                units.append(try unit())
            }
            // A surrogate without its other half becomes U+FFFD, as it does when Java writes UTF-8 (there: a question mark).
            return Array(String(decoding: units, as: UTF16.self).utf8)
        default:
            index -= 1
            throw failure("Unrecognized character escape")
        }
    }

    private mutating func unit() throws(OrderedJSONError) -> UInt16 {
        guard index + 4 <= bytes.count, let unit = UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16) else {
            throw failure("Unexpected character: expected a hex-digit for character escape sequence")
        }
        index += 4
        return unit
    }

    private mutating func number() throws(OrderedJSONError) -> String {
        let start = index
        func digits(_ parser: inout Self) -> Int {
            let first = parser.index
            while let byte = parser.peek, (0x30...0x39).contains(byte) { parser.index += 1 }
            return parser.index - first
        }
        _ = take(UInt8(ascii: "-"))
        let leadingZero = peek == UInt8(ascii: "0")
        let whole = digits(&self)
        guard whole > 0, !leadingZero || whole == 1 else { throw failure("Invalid numeric value") }
        if take(UInt8(ascii: ".")) { guard digits(&self) > 0 else { throw failure("Invalid numeric value") } }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits(&self) > 0 else { throw failure("Invalid numeric value") }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { index += 1 }
    }

    private func unexpected(_ expectation: String) -> OrderedJSONError {
        guard let byte = peek else { return failure("Unexpected end-of-input: was expecting \(expectation)") }
        return failure("Unexpected character ('\(Unicode.Scalar(byte))' (code \(byte))): was expecting \(expectation)")
    }

    private func failure(_ reason: String) -> OrderedJSONError {
        let before = bytes.prefix(index)
        let line = before.count { $0 == 0x0A } + 1
        let column = index - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return OrderedJSONError(reason: reason, line: line, column: column)
    }
}
