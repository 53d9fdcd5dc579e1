import Bytes

/// Decodes one message from bytes that the network or a file gave. Every length is checked against what is left before
/// anything is reserved; every error carries the path of its field, put together only when there is one.
public struct Reader: FieldVisitor {
    public let version: Int16
    public let flexible: Bool
    private let bytes: [UInt8]
    private var position: Int
    private var end: Int
    /// The tag section of the struct being read, once a tagged field asked for it.
    private var tags: TagSection<UInt32>?

    public init(_ bytes: [UInt8], from start: Int = 0, version: Int16, flexible: Bool) {
        self.bytes = bytes
        self.version = version
        self.flexible = flexible
        position = start
        end = bytes.count
    }

    /// Bytes not read yet.
    public var remaining: Int { end - position }

    mutating func structure<S: WireStruct>(_ value: inout S) throws(WireError) {
        let outer = tags
        tags = nil
        try value.readFields(&self)
        if flexible {
            if tags == nil { tags = try tagSection() }
            if let left = tags, !left.fields.isEmpty { value.unknownTags = unknown(left) }
        }
        tags = outer
    }

    public mutating func field<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError) {
        guard presence.stands(in: version) else { return }
        do throws(WireError) {
            value = try Value.read(from: &self)
        } catch {
            throw error.inside("\(name)")
        }
        if value.isNull, !presence.allowsNull(in: version) { throw WireError(.unexpectedNull, path: ["\(name)"]) }
    }

    public mutating func tagged<Value: WireValue>(
        _ tag: UInt32, _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError) {
        guard flexible, presence.stands(in: version) else { return }
        var section: TagSection<UInt32>
        if let tags { section = tags } else { section = try tagSection() }
        // Held once while it is changed: a copy of many fields for each known one would be paid for nothing.
        tags = nil
        let found = section.remove(tag)
        defer { tags = section }
        guard let range = found else { return }
        let (outerPosition, outerEnd) = (position, end)
        defer { (position, end) = (outerPosition, outerEnd) }
        (position, end) = (range.lowerBound, range.upperBound)
        do throws(WireError) {
            value = try Value.read(from: &self)
            if remaining > 0 { throw WireError(.trailingBytes(remaining)) }
        } catch {
            throw error.inside("\(name)")
        }
        if value.isNull, !presence.allowsNull(in: version) { throw WireError(.unexpectedNull, path: ["\(name)"]) }
    }

    /// A header's tag section: this project knows none of its fields.
    mutating func headerTags() throws(WireError) -> UnknownTags { unknown(try tagSection()) }

    private func unknown(_ section: TagSection<UInt32>) -> UnknownTags {
        UnknownTags(section.fields.map { UnknownTags.Field(tag: $0.tag, bytes: Array(bytes[$0.range])) })
    }

    private mutating func tagSection() throws(WireError) -> TagSection<UInt32> {
        do throws(WireError) {
            var section = TagSection<UInt32>()
            let count = try unsignedVarint()
            guard Int(count) <= remaining / 2 else { throw WireError(.badLength(Int64(count))) }
            for _ in 0..<count {
                let tag = try unsignedVarint()
                let length = Int(try unsignedVarint())
                guard length <= remaining else { throw WireError(.endedEarly) }
                section.append(tag, position..<position + length)
                position += length
            }
            if let tag = section.putInOrder() { throw WireError(.repeatedTag(tag)) }
            return section
        } catch {
            throw error.inside("tags")
        }
    }

    // MARK: Primitives

    public mutating func integer<Number: FixedWidthInteger>(_: Number.Type) throws(WireError) -> Number {
        let width = MemoryLayout<Number>.size
        guard remaining >= width else { throw WireError(.endedEarly) }
        let start = position
        position += width
        return bytes.withUnsafeBytes { Number(bigEndian: $0.loadUnaligned(fromByteOffset: start, as: Number.self)) }
    }

    /// Seven bits a byte, the least significant group first, at most five bytes.
    public mutating func unsignedVarint() throws(WireError) -> UInt32 {
        var value: UInt32 = 0
        var shift: UInt32 = 0
        while true {
            guard position < end else { throw WireError(.endedEarly) }
            let byte = bytes[position]
            position += 1
            if shift == 28, byte > 0x0f { throw WireError(.overlongVarint) }
            value |= UInt32(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// `count` bytes, at most what is left.
    public mutating func take(_ count: Int) throws(WireError) -> ArraySlice<UInt8> {
        guard count >= 0 else { throw WireError(.badLength(Int64(count))) }
        guard count <= remaining else { throw WireError(.endedEarly) }
        defer { position += count }
        return bytes[position..<position + count]
    }

    /// A length as this version writes it (a compact one is one more than the length, and 0 is null), or nil for null.
    mutating func length(_ plain: LengthWidth) throws(WireError) -> Int? {
        let length: Int64
        if flexible {
            length = Int64(try unsignedVarint()) - 1
        } else {
            switch plain {
            case .short: length = Int64(try integer(Int16.self))
            case .long: length = Int64(try integer(Int32.self))
            }
        }
        if length < -1 { throw WireError(.badLength(length)) }
        return length < 0 ? nil : Int(length)
    }

    enum LengthWidth { case short, long }
}
