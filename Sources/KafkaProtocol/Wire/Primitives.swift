public import Bytes

/// Numbers, big-endian.
public protocol WireInteger: WireValue, FixedWidthInteger {}

extension WireInteger {
    public static var zero: Self { 0 }
    public static func read(from reader: inout Reader) throws(WireError) -> Self { try reader.integer(Self.self) }
    public func write(to writer: inout Writer) { writer.integer(self) }
    public func tree(version: Int16, flexible: Bool) -> WireTree { .integer(Int64(self)) }
}

extension Int8: WireInteger { public static var wireType: String { "int8" } }
extension Int16: WireInteger { public static var wireType: String { "int16" } }
extension UInt16: WireInteger { public static var wireType: String { "uint16" } }
extension Int32: WireInteger { public static var wireType: String { "int32" } }
extension Int64: WireInteger { public static var wireType: String { "int64" } }

extension Bool: WireValue {
    public static var zero: Bool { false }
    public static var wireType: String { "bool" }
    public static func read(from reader: inout Reader) throws(WireError) -> Bool { try reader.integer(UInt8.self) != 0 }
    public func write(to writer: inout Writer) { writer.integer(UInt8(self ? 1 : 0)) }
    public func tree(version: Int16, flexible: Bool) -> WireTree { .bool(self) }
}

extension Double: WireValue {
    public static var wireType: String { "float64" }
    public static func read(from reader: inout Reader) throws(WireError) -> Double {
        Double(bitPattern: try reader.integer(UInt64.self))
    }
    public func write(to writer: inout Writer) { writer.integer(bitPattern) }
    public func tree(version: Int16, flexible: Bool) -> WireTree { .float(self) }
}

extension ByteString: NullableWireValue {
    public static var zero: ByteString { ByteString() }
    public static var wireType: String { "string" }
    public static func readOptional(from reader: inout Reader) throws(WireError) -> ByteString? {
        guard let length = try reader.length(.short) else { return nil }
        return ByteString(bytes: try reader.take(length))
    }
    public static func writeOptional(_ value: ByteString?, to writer: inout Writer) throws(WireError) {
        try writer.length(value?.count, .short)
        if let value { writer.append(value.bytes) }
    }
    public func tree(version: Int16, flexible: Bool) -> WireTree { .text(bytes) }
}

/// Bytes that stay as they are: record batches, SASL tokens, group members' metadata.
public struct Blob: Hashable, Sendable, NullableWireValue {
    public var bytes: [UInt8]
    public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    public static var zero: Blob { Blob() }
    public static var wireType: String { "bytes" }
    public static func readOptional(from reader: inout Reader) throws(WireError) -> Blob? {
        guard let length = try reader.length(.long) else { return nil }
        return Blob(Array(try reader.take(length)))
    }
    public static func writeOptional(_ value: Blob?, to writer: inout Writer) throws(WireError) {
        try writer.length(value?.bytes.count, .long)
        if let value { writer.append(value.bytes) }
    }
    public func tree(version: Int16, flexible: Bool) -> WireTree { .hex(bytes.hex) }
}

/// A topic's id (KIP-516), or another 128-bit id. All zeros means none.
public struct KafkaUUID: Hashable, Comparable, Sendable, WireValue, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64
    public init(high: UInt64 = 0, low: UInt64 = 0) {
        self.high = high
        self.low = low
    }

    public static let zero = KafkaUUID()
    public static var wireType: String { "uuid" }
    public static func read(from reader: inout Reader) throws(WireError) -> KafkaUUID {
        KafkaUUID(high: try reader.integer(UInt64.self), low: try reader.integer(UInt64.self))
    }
    public func write(to writer: inout Writer) {
        writer.integer(high)
        writer.integer(low)
    }
    public var bytes: [UInt8] { (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> (56 - 8 * UInt64($0 % 8))) } }
    public func tree(version: Int16, flexible: Bool) -> WireTree { .hex(bytes.hex) }
    public static func < (left: KafkaUUID, right: KafkaUUID) -> Bool { (left.high, left.low) < (right.high, right.low) }

    /// As Kafka prints it: URL-safe base 64 without padding, 22 characters.
    public var description: String {
        Base64.encode(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// From Kafka's own printed form; nil where it is not that.
    public init?(_ text: String) {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/") + "=="
        guard let bytes = Base64.decode(plain), bytes.count == 16 else { return nil }
        high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension Array: WireValue where Element: WireValue {
    public static var zero: [Element] { [] }
    public static var wireType: String { "[]" + Element.wireType }
    public func tree(version: Int16, flexible: Bool) -> WireTree { .array(map { $0.tree(version: version, flexible: flexible) }) }
    public static func describe(to recorder: inout SchemaRecorder) { Element.describe(to: &recorder) }
}

extension Array: NullableWireValue where Element: WireValue {
    public static func readOptional(from reader: inout Reader) throws(WireError) -> [Element]? {
        guard let count = try reader.length(.long) else { return nil }
        // Every element takes a byte at least. Reserving stays small all the same: a byte on the wire may be hundreds here.
        guard count <= reader.remaining else { throw WireError(.badLength(Int64(count))) }
        var elements: [Element] = []
        elements.reserveCapacity(Swift.min(count, 1024))
        for index in 0..<count {
            do throws(WireError) {
                elements.append(try Element.read(from: &reader))
            } catch {
                throw error.inside("[\(index)]")
            }
        }
        return elements
    }

    public static func writeOptional(_ value: [Element]?, to writer: inout Writer) throws(WireError) {
        try writer.length(value?.count, .long)
        guard let value else { return }
        for index in value.indices {
            do throws(WireError) {
                try value[index].write(to: &writer)
            } catch {
                throw error.inside("[\(index)]")
            }
        }
    }
}
