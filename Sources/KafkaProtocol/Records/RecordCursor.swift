/// Reads the zigzag variable-length integers of records (KIP-98), and what they lead.
struct RecordCursor {
    private let bytes: [UInt8]
    private(set) var position: Int
    private let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var remaining: Int { end - position }

    mutating func byte() -> UInt8? {
        guard position < end else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    /// 64 bits: ten bytes at most. Nil where it ends early or is longer.
    mutating func varlong() -> Int64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = byte() else { return nil }
            // The tenth byte has room for one bit.
            if shift == 63, byte > 1 { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(value & 1) }
        }
        return nil
    }

    /// 32 bits: lengths, counts, offset deltas.
    mutating func varint() -> Int32? {
        let start = position
        guard let value = varlong(), position - start <= 5 else { return nil }
        return Int32(exactly: value)
    }

    /// A cursor over the next `count` bytes, which are passed.
    mutating func part(_ count: Int32) -> RecordCursor? {
        guard count >= 0, Int(count) <= remaining else { return nil }
        defer { position += Int(count) }
        return RecordCursor(bytes, position..<position + Int(count))
    }

    /// Outer nil: malformed. Inner nil: null.
    mutating func varbytes() -> [UInt8]?? {
        guard let length = varint() else { return nil }
        if length < 0 { return .some(nil) }
        guard Int(length) <= remaining else { return nil }
        defer { position += Int(length) }
        return .some(Array(bytes[position..<position + Int(length)]))
    }
}

/// The same, written.
extension Array where Element == UInt8 {
    mutating func appendVarint(_ number: Int64) {
        var rest = UInt64(bitPattern: number << 1 ^ number >> 63)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func appendVarbytes(_ bytes: [UInt8]?) {
        appendVarint(Int64(bytes?.count ?? -1))
        if let bytes { self += bytes }
    }
}
