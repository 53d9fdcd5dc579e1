/// Reads a JSON text (RFC 8259) piece by piece, strictly: no white space but JSON's, UTF-8 only, nothing behind its end. What the pieces become
/// is the caller's: how numbers and names are kept is not the same everywhere.
public struct JSONScanner {
    public struct Flaw: Error, Hashable, Sendable {
        /// Where, in bytes from the beginning.
        public let offset: Int
        public let reason: String
        /// Whether it may be JSON, and has more values than were allowed.
        public var isTooManyValues = false
    }

    /// What a value begins with. A number's digits are its own; of an array and an object ``element(isFirst:)`` and ``member(isFirst:)`` give the parts.
    public enum Token: Hashable, Sendable {
        case null
        case bool(Bool)
        case number(NumberLiteral)
        case text(ByteString)
        case array
        case object
    }

    public struct NumberLiteral: Hashable, Sendable {
        /// As it is written.
        public let text: String
        /// Whether it has neither a fraction nor an exponent.
        public let isInteger: Bool
    }

    private let bytes: ArraySlice<UInt8>
    private var index: Int
    private var depthLeft: Int
    private var valuesLeft: Int
    private let limits: (depth: Int, values: Int)

    /// - Parameters:
    ///   - depth: how deep arrays and objects may be nested.
    ///   - values: how many values there may be in all, since each takes many times the room of its text.
    public init(_ bytes: ArraySlice<UInt8>, depth: Int, values: Int = .max) {
        self.bytes = bytes
        index = bytes.startIndex
        depthLeft = depth
        valuesLeft = values
        limits = (depth, values)
    }

    /// The beginning of the next value.
    public mutating func token() throws(Flaw) -> Token {
        skipSpace()
        guard valuesLeft > 0 else {
            throw Flaw(offset: index - bytes.startIndex, reason: "more than \(limits.values) values", isTooManyValues: true)
        }
        valuesLeft -= 1
        switch next {
        case UInt8(ascii: "{"):
            try descend()
            return .object
        case UInt8(ascii: "["):
            try descend()
            return .array
        case UInt8(ascii: "\""): return .text(try text())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw flaw("it ends where a value should be")
        case let byte? where byte == UInt8(ascii: "-") || Self.isDigit(byte): return .number(try number())
        default: throw flaw("no value begins like this")
        }
    }

    /// Whether another element of the array follows; where not, the array is over.
    public mutating func element(isFirst: Bool) throws(Flaw) -> Bool {
        skipSpace()
        if take(UInt8(ascii: "]")) {
            depthLeft += 1
            return false
        }
        guard isFirst || take(UInt8(ascii: ",")) else { throw flaw("expected , or ]") }
        return true
    }

    /// The name of the object's next member, whose value follows; nil where the object is over.
    public mutating func member(isFirst: Bool) throws(Flaw) -> ByteString? {
        skipSpace()
        if take(UInt8(ascii: "}")) {
            depthLeft += 1
            return nil
        }
        guard isFirst || take(UInt8(ascii: ",")) else { throw flaw("expected , or }") }
        skipSpace()
        guard next == UInt8(ascii: "\"") else { throw flaw("expected a name") }
        let name = try text()
        skipSpace()
        guard take(UInt8(ascii: ":")) else { throw flaw("expected :") }
        return name
    }

    /// To be called when the value is read.
    public mutating func end() throws(Flaw) {
        skipSpace()
        guard index == bytes.endIndex else { throw flaw("something follows the value") }
    }

    /// A flaw at the place that was come to.
    public func flaw(_ reason: String) -> Flaw { Flaw(offset: index - bytes.startIndex, reason: reason) }

    // MARK: Pieces

    private var next: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { index += 1 }
    }

    private mutating func take(_ unit: UInt8) -> Bool {
        guard next == unit else { return false }
        index += 1
        return true
    }

    private mutating func descend() throws(Flaw) {
        guard depthLeft > 0 else { throw flaw("nested deeper than \(limits.depth)") }
        depthLeft -= 1
        index += 1
    }

    private mutating func word(_ word: String, _ token: Token) throws(Flaw) -> Token {
        guard bytes[index...].starts(with: word.utf8) else { throw flaw("expected \(word)") }
        index += word.utf8.count
        return token
    }

    private mutating func digits() throws(Flaw) {
        let start = index
        while let byte = next, Self.isDigit(byte) { index += 1 }
        guard index > start else { throw flaw("expected a digit") }
    }

    private mutating func number() throws(Flaw) -> NumberLiteral {
        let start = index
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        let whole = index
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        return NumberLiteral(text: String(decoding: bytes[start..<index], as: UTF8.self), isInteger: index == whole)
    }

    private mutating func text() throws(Flaw) -> ByteString {
        index += 1
        let start = index
        var unescaped: [UInt8] = []
        var runStart = index
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                let text = ByteString(bytes: unescaped.isEmpty ? Array(bytes[runStart..<index]) : unescaped + bytes[runStart..<index])
                guard text.isValid else {
                    index = start
                    throw flaw("text that is not UTF-8")
                }
                index += 1
                return text
            case UInt8(ascii: "\\"):
                unescaped.append(contentsOf: bytes[runStart..<index])
                index += 1
                try escape(into: &unescaped)
                runStart = index
            case 0..<0x20: throw flaw("a bare control character in a text")
            default: index += 1
            }
        }
        throw flaw("it ends inside a text")
    }

    private mutating func escape(into result: inout [UInt8]) throws(Flaw) {
        guard let byte = next else { throw flaw("it ends inside a text") }
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
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw flaw("half of a surrogate pair") }
                let low = try codeUnit()
                guard (0xdc00..<0xe000).contains(low) else { throw flaw("half of a surrogate pair") }
                unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = UnicodeScalar(unit) else { throw flaw("half of a surrogate pair") }
            result.append(contentsOf: String(scalar).utf8)
        default: throw flaw("an escape that JSON does not have")
        }
    }

    private mutating func codeUnit() throws(Flaw) -> UInt32 {
        guard bytes.endIndex - index >= 4, let pair = [UInt8](hex: String(decoding: bytes[index..<index + 4], as: UTF8.self)),
            pair.count == 2
        else { throw flaw("\\u needs four hexadecimal digits") }
        index += 4
        return UInt32(pair[0]) << 8 | UInt32(pair[1])
    }
}
