import Bytes

/// A message's values as a tree: what tests compare with recordings, and what a person can read.
public indirect enum WireTree: Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case float(Double)
    case text([UInt8])
    case hex(String)
    case array([WireTree])
    /// Fields in wire order, named as Kafka's own definitions name them (`TopicName`).
    case object([Field])

    public struct Field: Equatable, Sendable {
        public var name: String
        public var value: WireTree
        /// Whether it is the value that the field has where nobody sets it.
        public var isInitial: Bool
    }
}

/// Lists what a message carries in one version, the tagged fields at their defaults included.
struct TreeBuilder: FieldVisitor {
    let version: Int16
    let flexible: Bool
    var fields: [WireTree.Field] = []

    mutating func field<Value: WireValue>(_ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value) {
        guard presence.stands(in: version) else { return }
        let text = "\(name)"
        fields.append(
            WireTree.Field(
                name: text.prefix(1).uppercased() + text.dropFirst(), value: value.tree(version: version, flexible: flexible),
                isInitial: value == initial))
    }

    mutating func tagged<Value: WireValue>(
        _ tag: UInt32, _ name: StaticString, _ value: inout Value, _ presence: Presence, initial: Value
    ) {
        guard flexible else { return }
        field(name, &value, presence, initial: initial)
    }
}
