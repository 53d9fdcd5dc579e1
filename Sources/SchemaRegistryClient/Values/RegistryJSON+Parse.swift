import Bytes

extension RegistryJSON {
    struct Malformed: Error {
        let reason: String
    }

    /// Values nested deeper are refused: what is stored of them is nested a little deeper still, and is read to a depth of 64.
    static let greatestDepth = 48

    /// Reads one JSON text (RFC 8259), strictly: nothing after it, no name twice in an object, UTF-8 only.
    static func parse(_ bytes: [UInt8]) throws(Malformed) -> RegistryJSON {
        var parser = RegistryJSONParser(bytes)
        return try parser.document()
    }
}

private struct RegistryJSONParser {
    private let bytes: [UInt8]
    private var index = 0
    private var depth = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(RegistryJSON.Malformed) -> RegistryJSON {
        let value = try value()
        skipSpace()
        guard index == bytes.count else { throw malformed("something follows its value") }
        return value
    }

    private func malformed(_ reason: String) -> RegistryJSON.Malformed { RegistryJSON.Malformed(reason: reason) }

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { index += 1 }
    }

    private mutating func take(_ unit: UInt8) -> Bool {
        guard next == unit else { return false }
        index += 1
        return true
    }

    private mutating func value() throws(RegistryJSON.Malformed) -> RegistryJSON {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return .object(try members())
        case UInt8(ascii: "["): return .array(try elements())
        case UInt8(ascii: "\""): return .string(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: RegistryJSON) throws(RegistryJSON.Malformed) -> RegistryJSON {
        let units = word.withUTF8Buffer { Array($0) }
        guard bytes[index...].starts(with: units) else { throw malformed("no value begins so") }
        index += units.count
        return value
    }

    private mutating func number() throws(RegistryJSON.Malformed) -> RegistryJSON {
        let units = bytes[index...].prefix { unit in
            switch unit {
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"): true
            default: false
            }
        }
        guard let number = RegistryNumber(literal: String(decoding: units, as: UTF8.self)) else { throw malformed("no value begins so") }
        index += units.count
        return .number(number)
    }

    private mutating func descend() throws(RegistryJSON.Malformed) {
        guard depth < RegistryJSON.greatestDepth else { throw malformed("it is nested deeper than \(RegistryJSON.greatestDepth)") }
        depth += 1
        index += 1
        skipSpace()
    }

    private mutating func elements() throws(RegistryJSON.Malformed) -> [RegistryJSON] {
        try descend()
        defer { depth -= 1 }
        var elements: [RegistryJSON] = []
        if take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try value())
            skipSpace()
            if take(UInt8(ascii: "]")) { return elements }
            guard take(UInt8(ascii: ",")) else { throw malformed("an array goes on otherwise than with , or ]") }
        }
    }

    private mutating func members() throws(RegistryJSON.Malformed) -> [ByteString: RegistryJSON] {
        try descend()
        defer { depth -= 1 }
        var members: [ByteString: RegistryJSON] = [:]
        if take(UInt8(ascii: "}")) { return members }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw malformed("an object has a member without a name") }
            let name = try text()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw malformed("a name is not followed by :") }
            // Which of the two the registry means, nobody can tell.
            guard members.updateValue(try value(), forKey: name) == nil else { throw malformed("an object has '\(name)' twice") }
            skipSpace()
            if take(UInt8(ascii: "}")) { return members }
            guard take(UInt8(ascii: ",")) else { throw malformed("an object goes on otherwise than with , or }") }
        }
    }

    private mutating func text() throws(RegistryJSON.Malformed) -> ByteString {
        index += 1
        var units: [UInt8] = []
        while let unit = next {
            index += 1
            switch unit {
            case UInt8(ascii: "\""):
                let text = ByteString(bytes: units)
                guard text.validText != nil else { throw malformed("a text is not UTF-8") }
                return text
            case UInt8(ascii: "\\"): try escape(into: &units)
            case 0..<0x20: throw malformed("a text has a bare control character")
            default: units.append(unit)
            }
        }
        throw malformed("it ends within a text")
    }

    private mutating func escape(into units: inout [UInt8]) throws(RegistryJSON.Malformed) {
        guard let unit = next else { throw malformed("it ends within a text") }
        index += 1
        switch unit {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(unit)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0c)
        case UInt8(ascii: "n"): units.append(0x0a)
        case UInt8(ascii: "r"): units.append(0x0d)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexadecimal()
            if (0xd800..<0xdc00).contains(code) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw malformed("a text has half a surrogate pair") }
                let low = try hexadecimal()
                guard (0xdc00..<0xe000).contains(low) else { throw malformed("a text has half a surrogate pair") }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = UnicodeScalar(code) else { throw malformed("a text has half a surrogate pair") }
            units += String(scalar).utf8
        default: throw malformed("a text has an escape that JSON has not")
        }
    }

    private mutating func hexadecimal() throws(RegistryJSON.Malformed) -> UInt32 {
        guard bytes.count - index >= 4, let pair = [UInt8](hex: String(decoding: bytes[index..<index + 4], as: UTF8.self)), pair.count == 2
        else { throw malformed("\\u is not followed by four hexadecimal digits") }
        index += 4
        return UInt32(pair[0]) << 8 | UInt32(pair[1])
    }
}
