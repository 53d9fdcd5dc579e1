import Bytes

public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where, in bytes from the beginning.
    public let offset: Int
    public let reason: String

    public var description: String { "not the JSON expected, at byte \(offset): \(reason)" }
}

extension JSON {
    /// Reads one JSON text, strictly: nothing after it, no duplicate keys, UTF-8 only, integers within 64 bits.
    ///
    /// White space and any escapes are accepted, so that other programs' JSON can be read; ``canonicalBytes`` read back are
    /// the same value. `depth` bounds the nesting, `limit` the length in bytes.
    public static func parse(_ bytes: [UInt8], depth: Int = 64, limit: Int = 64 << 20) throws(JSONError) -> JSON {
        try parse(bytes[...], depth: depth, limit: limit)
    }

    public static func parse(_ bytes: ArraySlice<UInt8>, depth: Int = 64, limit: Int = 64 << 20) throws(JSONError) -> JSON {
        guard bytes.count <= limit else { throw JSONError(offset: 0, reason: "\(bytes.count) bytes, more than the \(limit) allowed") }
        var parser = JSONParser(bytes: bytes, depth: depth)
        return try parser.document()
    }
}

private struct JSONParser {
    private let bytes: ArraySlice<UInt8>
    private var index: Int
    private var depthLeft: Int

    init(bytes: ArraySlice<UInt8>, depth: Int) {
        self.bytes = bytes
        index = bytes.startIndex
        depthLeft = depth
    }

    mutating func document() throws(JSONError) -> JSON {
        let value = try value()
        skipSpace()
        guard index == bytes.endIndex else { throw error("something follows the value") }
        return value
    }

    private func error(_ reason: String) -> JSONError { JSONError(offset: index - bytes.startIndex, reason: reason) }

    private var next: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { index += 1 }
    }

    private mutating func take(_ unit: Character) -> Bool {
        guard let ascii = unit.asciiValue, next == ascii else { return false }
        index += 1
        return true
    }

    private mutating func value() throws(JSONError) -> JSON {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case nil: throw error("it ends where a value should be")
        case let byte? where byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte): return try number()
        default: throw error("no value begins like this")
        }
    }

    private mutating func literal(_ word: String, _ value: JSON) throws(JSONError) -> JSON {
        guard bytes[index...].starts(with: word.utf8) else { throw error("expected \(word)") }
        index += word.utf8.count
        return value
    }

    private mutating func descend() throws(JSONError) {
        guard depthLeft > 0 else { throw error("nested too deeply") }
        depthLeft -= 1
        index += 1
        skipSpace()
    }

    private mutating func array() throws(JSONError) -> JSON {
        try descend()
        defer { depthLeft += 1 }
        var items: [JSON] = []
        if take("]") { return .array(items) }
        while true {
            items.append(try value())
            skipSpace()
            if take("]") { return .array(items) }
            guard take(",") else { throw error("expected , or ]") }
        }
    }

    private mutating func object() throws(JSONError) -> JSON {
        try descend()
        defer { depthLeft += 1 }
        var members: [ByteString: JSON] = [:]
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("expected a key") }
            let written = try string()
            skipSpace()
            guard take(":") else { throw error("expected :") }
            let value = try value()
            skipSpace()
            let isLast = take("}")
            if written == "$base64" {
                guard isLast, members.isEmpty, let text = value.text?.validText, let decoded = Base64.decode(text) else {
                    throw error("\"$base64\" is reserved for bytes that are not UTF-8")
                }
                return .text(ByteString(bytes: decoded))
            }
            guard members.updateValue(value, forKey: try key(written)) == nil else { throw error("the key \"\(written)\" is there twice") }
            if isLast { return .object(members) }
            guard take(",") else { throw error("expected , or }") }
        }
    }

    /// Undoes what the canonical form does to keys.
    private func key(_ written: ByteString) throws(JSONError) -> ByteString {
        let dollars = written.bytes.prefix { $0 == UInt8(ascii: "$") }.count
        guard dollars > 0, written.bytes.dropFirst(dollars).starts(with: "base64".utf8) else { return written }
        if dollars > 1 { return ByteString(bytes: written.bytes.dropFirst()) }
        guard written.hasPrefix("$base64:"), let decoded = Base64.decode(String(decoding: written.bytes.dropFirst(8), as: UTF8.self)) else {
            throw error("keys that begin with \"$base64\" are reserved")
        }
        return ByteString(bytes: decoded)
    }

    private mutating func string() throws(JSONError) -> ByteString {
        index += 1
        let start = index
        var unescaped: [UInt8]?
        var runStart = index
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                var result = unescaped ?? []
                result.append(contentsOf: bytes[runStart..<index])
                let text = ByteString(bytes: result)
                guard text.isValid else {
                    index = start
                    throw error("text that is not UTF-8")
                }
                index += 1
                return text
            case UInt8(ascii: "\\"):
                var result = unescaped ?? []
                result.append(contentsOf: bytes[runStart..<index])
                index += 1
                try escape(into: &result)
                unescaped = result
                runStart = index
            case 0..<0x20: throw error("a bare control character in a text")
            default: index += 1
            }
        }
        throw error("it ends inside a text")
    }

    private mutating func escape(into result: inout [UInt8]) throws(JSONError) {
        guard let byte = next else { throw error("it ends inside a text") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try codeUnit()
            if (0xd800..<0xdc00).contains(unit) {
                guard take("\\"), take("u") else { throw error("half of a surrogate pair") }
                let low = try codeUnit()
                guard (0xdc00..<0xe000).contains(low) else { throw error("half of a surrogate pair") }
                unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = UnicodeScalar(unit) else { throw error("half of a surrogate pair") }
            result.append(contentsOf: String(scalar).utf8)
        default: throw error("an escape that JSON does not have")
        }
    }

    private mutating func codeUnit() throws(JSONError) -> UInt32 {
        guard bytes.endIndex - index >= 4, let pair = [UInt8](hex: String(decoding: bytes[index..<index + 4], as: UTF8.self)),
            pair.count == 2
        else { throw error("\\u needs four hexadecimal digits") }
        index += 4
        return UInt32(pair[0]) << 8 | UInt32(pair[1])
    }

    private mutating func digits() throws(JSONError) {
        let start = index
        while let byte = next, (0x30...0x39).contains(byte) { index += 1 }
        guard index > start else { throw error("expected a digit") }
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = index
        _ = take("-")
        if !take("0") { try digits() }
        var isInteger = true
        if take(".") {
            isInteger = false
            try digits()
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            try digits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isInteger {
            guard let value = Int64(text) else { throw error("an integer beyond 64 bits") }
            return .integer(value)
        }
        guard let value = Double(text), value.isFinite else { throw error("a number beyond what a double holds") }
        return .number(value)
    }
}
