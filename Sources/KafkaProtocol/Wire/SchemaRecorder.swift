/// Lists the fields of a message, one line each, with type, versions, nullability and tag: what documents and the tests
/// that compare with Kafka's own definitions read.
public struct SchemaRecorder: FieldVisitor {
    public struct Line: Equatable, Sendable {
        public var path: [String]
        public var type: String
        public var presence: Presence
        public var tag: UInt32?
        /// Whether a freshly made message holds the initial value that the listing names. Anything else is a mistake.
        public var initialAgrees: Bool
    }
    public private(set) var lines: [Line] = []
    private var path: [String] = []

    public init() {}

    public static func lines<Message: WireStruct>(of _: Message.Type) -> [Line] {
        var recorder = SchemaRecorder()
        recorder.nest(Message.self)
        return recorder.lines
    }

    mutating func nest<S: WireStruct>(_: S.Type) {
        var value = S()
        // A recorder never throws: it only looks.
        try? value.visit(&self)
    }

    public mutating func field<Value: WireValue>(_ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value) {
        record("\(name)", Value.self, presence, nil, agrees: value == initial)
    }

    public mutating func tagged<Value: WireValue>(
        _ tag: UInt32, _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) {
        record("\(name)", Value.self, presence, tag, agrees: value == initial)
    }

    private mutating func record<Value: WireValue>(
        _ name: String, _: Value.Type, _ presence: Presence, _ tag: UInt32?, agrees: Bool
    ) {
        path.append(name)
        lines.append(Line(path: path, type: Value.wireType, presence: presence, tag: tag, initialAgrees: agrees))
        Value.describe(to: &self)
        path.removeLast()
    }
}
