/// A message, or a struct inside one, for all of its versions.
public protocol WireStruct: NullableWireValue {
    init()
    /// Tagged fields that this definition does not know; they survive a round trip.
    var unknownTags: UnknownTags { get set }
    /// Lists the fields in wire order, the tagged ones last.
    mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError)

    // The listing with a concrete visitor. Requirements, so that the module which defines the message specialises them;
    // a generic call through a witness table from another module would be a dynamic call a field.
    mutating func readFields(_ reader: inout Reader) throws(WireError)
    mutating func writeFields(_ writer: inout Writer) throws(WireError)
}

extension WireStruct {
    public mutating func readFields(_ reader: inout Reader) throws(WireError) { try visit(&reader) }
    public mutating func writeFields(_ writer: inout Writer) throws(WireError) { try visit(&writer) }

    public static var zero: Self { Self() }
    public static var wireType: String { "\(Self.self)" }

    public static func read(from reader: inout Reader) throws(WireError) -> Self {
        var value = Self()
        try reader.structure(&value)
        return value
    }

    public func write(to writer: inout Writer) throws(WireError) {
        var copy = self
        try writer.structure(&copy)
    }

    /// A nullable struct is led by a byte: -1 for null, 1 for a value.
    public static func readOptional(from reader: inout Reader) throws(WireError) -> Self? {
        try reader.integer(Int8.self) < 0 ? nil : try read(from: &reader)
    }

    public static func writeOptional(_ value: Self?, to writer: inout Writer) throws(WireError) {
        writer.integer(Int8(value == nil ? -1 : 1))
        if let value { try value.write(to: &writer) }
    }

    public func tree(version: Int16, flexible: Bool) -> WireTree {
        var builder = TreeBuilder(version: version, flexible: flexible)
        var copy = self
        // A tree builder never throws: it only looks.
        try? copy.visit(&builder)
        return .object(builder.fields)
    }

    public static func describe(to recorder: inout SchemaRecorder) { recorder.nest(Self.self) }
}

/// The tagged fields (KIP-482) that a definition does not know, in ascending order of their tags.
public struct UnknownTags: Equatable, Sendable {
    public var fields: [Field] = []
    public struct Field: Equatable, Sendable {
        public var tag: UInt32
        public var bytes: [UInt8]
        public init(tag: UInt32, bytes: [UInt8]) {
            self.tag = tag
            self.bytes = bytes
        }
    }
    public init(_ fields: [Field] = []) { self.fields = fields }
}
