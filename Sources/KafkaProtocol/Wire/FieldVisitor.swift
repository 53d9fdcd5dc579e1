/// Walks the fields of a message in wire order. A reader fills them in, a writer puts them out, a recorder lists them: one
/// listing of a message's fields serves them all, so they cannot disagree.
public protocol FieldVisitor {
    /// A field that stands in the body, in the versions of `presence`. `initial` is its value where it is absent.
    mutating func field<Value: WireValue>(
        _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError)

    /// A field of the tag section (KIP-482), left out where it has its initial value. Tagged fields are listed last.
    mutating func tagged<Value: WireValue>(
        _ tag: UInt32, _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) throws(WireError)
}

extension FieldVisitor {
    @inlinable public mutating func field<Value: WireValue>(_ name: StaticString, _ value: inout Value, _ presence: Presence = .always)
        throws(WireError)
    {
        try field(name, &value, presence, initial: Value.zero)
    }

    @inlinable public mutating func tagged<Value: WireValue>(
        _ tag: UInt32, _ name: StaticString, _ value: inout Value, _ presence: Presence = .always
    ) throws(WireError) {
        try tagged(tag, name, &value, presence, initial: Value.zero)
    }
}

/// A value that can stand in a field: a primitive, a struct, an array of these, or one of these or null.
public protocol WireValue: Equatable, Sendable {
    /// What a field of this type holds where nothing else is said: 0, false, empty, null.
    static var zero: Self { get }
    /// The type in Kafka's own notation: `int32`, `[]string`, `[]CreatableTopic`.
    static var wireType: String { get }
    var isNull: Bool { get }
    static func read(from reader: inout Reader) throws(WireError) -> Self
    func write(to writer: inout Writer) throws(WireError)
    /// The value as a tree, for logs, tests and people.
    func tree(version: Int16, flexible: Bool) -> WireTree
    /// Lists the fields of the structs that the type is made of.
    static func describe(to recorder: inout SchemaRecorder)
}

extension WireValue {
    public var isNull: Bool { false }
    public static func describe(to recorder: inout SchemaRecorder) {}
}

/// A type that has a form for null on the wire: `Optional` of it is a `WireValue`.
public protocol NullableWireValue: WireValue {
    static func readOptional(from reader: inout Reader) throws(WireError) -> Self?
    static func writeOptional(_ value: Self?, to writer: inout Writer) throws(WireError)
}

extension NullableWireValue {
    public static func read(from reader: inout Reader) throws(WireError) -> Self {
        guard let value = try readOptional(from: &reader) else { throw WireError(.unexpectedNull) }
        return value
    }
    public func write(to writer: inout Writer) throws(WireError) { try Self.writeOptional(self, to: &writer) }
}

extension Optional: WireValue where Wrapped: NullableWireValue {
    public static var zero: Wrapped? { nil }
    public static var wireType: String { Wrapped.wireType }
    public var isNull: Bool { self == nil }
    public static func read(from reader: inout Reader) throws(WireError) -> Wrapped? { try Wrapped.readOptional(from: &reader) }
    public func write(to writer: inout Writer) throws(WireError) { try Wrapped.writeOptional(self, to: &writer) }
    public func tree(version: Int16, flexible: Bool) -> WireTree { self?.tree(version: version, flexible: flexible) ?? .null }
    public static func describe(to recorder: inout SchemaRecorder) { Wrapped.describe(to: &recorder) }
}
