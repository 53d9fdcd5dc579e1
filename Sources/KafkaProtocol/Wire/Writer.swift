/// Encodes one message. A set value that the version cannot carry is an error unless its listing says that it may be dropped.
public struct Writer: FieldVisitor {
    public let version: Int16
    public let flexible: Bool
    public private(set) var bytes: [UInt8] = []
    private var tags: [UnknownTags.Field] = []

    public init(version: Int16, flexible: Bool) {
        self.version = version
        self.flexible = flexible
    }

    mutating func structure<S: WireStruct>(_ value: inout S) throws(WireError) {
        guard flexible else { return try value.writeFields(&self) }
        let outer = tags
        tags = value.unknownTags.fields
        try value.writeFields(&self)
        tagSection(UnknownTags(tags))
        tags = outer
    }

    /// A tag section: count, then tag, length and bytes of each, ascending.
    mutating func tagSection(_ tags: UnknownTags) {
        unsignedVarint(UInt32(tags.fields.count))
        for field in tags.fields.sorted(by: { $0.tag < $1.tag }) {
            unsignedVarint(field.tag)
            unsignedVarint(UInt32(field.bytes.count))
            bytes.append(contentsOf: field.bytes)
        }
    }

    public mutating func field<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError) {
        guard presence.stands(in: version) else { return try refuseLoss(name, value, presence, initial) }
        if value.isNull, !presence.allowsNull(in: version) { throw WireError(.unexpectedNull, path: ["\(name)"]) }
        do throws(WireError) {
            try value.write(to: &self)
        } catch {
            throw error.inside("\(name)")
        }
    }

    public mutating func tagged<Value: WireValue>(
        _ tag: UInt32, _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError) {
        guard flexible, presence.stands(in: version) else { return try refuseLoss(name, value, presence, initial) }
        if value == initial { return }
        if value.isNull, !presence.allowsNull(in: version) { throw WireError(.unexpectedNull, path: ["\(name)"]) }
        var inner = Writer(version: version, flexible: true)
        do throws(WireError) {
            try value.write(to: &inner)
        } catch {
            throw error.inside("\(name)")
        }
        tags.append(UnknownTags.Field(tag: tag, bytes: inner.bytes))
    }

    private func refuseLoss<Value: WireValue>(
        _ name: StaticString, _ value: Value, _ presence: Presence, _ initial: Value
    ) throws(WireError) {
        if !presence.mayBeDropped, value != initial { throw WireError(.cannotCarry, path: ["\(name)"]) }
    }

    // MARK: Primitives

    public mutating func integer<Number: FixedWidthInteger>(_ number: Number) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    public mutating func unsignedVarint(_ number: UInt32) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    public mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

    /// The length as this version writes it, nil for null.
    mutating func length(_ length: Int?, _ plain: Reader.LengthWidth) throws(WireError) {
        let most = !flexible && plain == .short ? Int(Int16.max) : Int(Int32.max) - 1
        if let length, length > most { throw WireError(.badLength(Int64(length))) }
        if flexible {
            unsignedVarint(length.map { UInt32($0) + 1 } ?? 0)
        } else {
            switch plain {
            case .short: integer(Int16(length ?? -1))
            case .long: integer(Int32(length ?? -1))
            }
        }
    }
}
