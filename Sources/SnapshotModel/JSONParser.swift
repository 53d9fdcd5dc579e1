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
        do throws(JSONScanner.Flaw) {
            var scanner = JSONScanner(bytes, depth: depth)
            let value = try JSON(&scanner)
            try scanner.end()
            return value
        } catch {
            throw JSONError(offset: error.offset, reason: error.reason)
        }
    }

    private init(_ scanner: inout JSONScanner) throws(JSONScanner.Flaw) {
        switch try scanner.token() {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .text(let text): self = .text(text)
        case .number(let literal):
            if literal.isInteger {
                guard let value = Int64(literal.text) else { throw scanner.flaw("an integer beyond 64 bits") }
                self = .integer(value)
            } else {
                guard let value = Double(literal.text), value.isFinite else { throw scanner.flaw("a number beyond what a double holds") }
                self = .number(value)
            }
        case .array:
            var items: [JSON] = []
            while try scanner.element(isFirst: items.isEmpty) { items.append(try JSON(&scanner)) }
            self = .array(items)
        case .object: self = try JSON.object(&scanner)
        }
    }

    private static func object(_ scanner: inout JSONScanner) throws(JSONScanner.Flaw) -> JSON {
        var members: [ByteString: JSON] = [:]
        while let written = try scanner.member(isFirst: members.isEmpty) {
            let value = try JSON(&scanner)
            if written == "$base64" {
                guard members.isEmpty, try scanner.member(isFirst: false) == nil, let text = value.text?.validText,
                    let decoded = Base64.decode(text)
                else { throw scanner.flaw("\"$base64\" is reserved for bytes that are not UTF-8") }
                return .text(ByteString(bytes: decoded))
            }
            guard let key = key(written) else { throw scanner.flaw("keys that begin with \"$base64\" are reserved") }
            guard members.updateValue(value, forKey: key) == nil else { throw scanner.flaw("the key \"\(written)\" is there twice") }
        }
        return .object(members)
    }

    /// Undoes what the canonical form does to keys; nil for what it never writes.
    private static func key(_ written: ByteString) -> ByteString? {
        let dollars = written.bytes.prefix { $0 == UInt8(ascii: "$") }.count
        guard dollars > 0, written.bytes.dropFirst(dollars).starts(with: "base64".utf8) else { return written }
        if dollars > 1 { return ByteString(bytes: written.bytes.dropFirst()) }
        guard written.hasPrefix("$base64:") else { return nil }
        return Base64.decode(String(decoding: written.bytes.dropFirst(8), as: UTF8.self)).map { ByteString(bytes: $0) }
    }
}
