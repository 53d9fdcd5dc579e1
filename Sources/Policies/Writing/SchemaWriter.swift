import Bytes
import SnapshotModel

/// Describes one record as JSON Schema, draft 2020-12.
struct SchemaWriter: KeyVisitor {
    private var properties: [ByteString: JSON] = [:]
    private var needed: [String] = []
    private var choices: [JSON] = []
    /// The records that stand in it.
    private(set) var records: [any PolicyRecord.Type] = []

    /// The schema's name of a record, among `$defs`.
    static func name(_ type: any PolicyRecord.Type) -> String { type.title.replacing(" ", with: "-") }

    static func schema<Record: PolicyRecord>(of type: Record.Type) -> (schema: JSON, records: [any PolicyRecord.Type]) {
        var writer = SchemaWriter()
        var blank = type.init()
        blank.list(&writer)
        var members: [ByteString: JSON] = [
            "type": "object", "description": .text(type.summary), "properties": .object(writer.properties),
            "additionalProperties": .bool(false),
        ]
        if !writer.needed.isEmpty { members["required"] = .array(writer.needed.map { .text($0) }) }
        if !writer.choices.isEmpty { members["allOf"] = .array(writer.choices) }
        return (.object(members), writer.records)
    }

    mutating func key<Value>(_ name: String, _ value: inout Value, _ term: Term<Value>, _ doc: String) {
        add(name, term, doc, DefaultValue.of(value, term))
    }

    mutating func optional<Value>(_ name: String, _ value: inout Value?, _ term: Term<Value>, _ doc: String) {
        add(name, term, doc, value.flatMap { DefaultValue.of($0, term) })
    }

    mutating func required<Value>(_ name: String, _ value: inout Value, _ term: Term<Value>, _ doc: String) {
        needed.append(name)
        add(name, term, doc, nil)
    }

    private mutating func add<Value>(_ name: String, _ term: Term<Value>, _ doc: String, _ initial: JSON?) {
        records += term.records
        guard case .object(var members) = term.schema else { return }
        members["description"] = .text(doc)
        if let initial { members["default"] = initial }
        properties[ByteString(name)] = .object(members)
    }

    mutating func oneOf(_ names: [String], isRequired: Bool) {
        let alternatives = names.map { JSON.object(["required": .array([.text($0)])]) }
        let none = JSON.object(["not": .object(["anyOf": .array(alternatives)])])
        choices.append(.object(["oneOf": .array(alternatives + (isRequired ? [] : [none]))]))
    }

    mutating func demand(_ name: String, _ problem: @autoclosure () -> Remark?) {}
}

/// What a key is where it is left out, for readers.
enum DefaultValue {
    /// Nil where it goes without saying: nothing, or an empty list.
    static func of<Value>(_ value: Value, _ term: Term<Value>) -> JSON? {
        switch term.show(value) {
        case .null, .array([]): nil
        case .object: nil
        case let shown: shown
        }
    }
}
