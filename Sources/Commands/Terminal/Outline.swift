import Bytes
import SnapshotModel

/// A document for people: one member a line, nested ones indented.
enum Outline {
    static func render(_ json: JSON, indentation: Int) -> String {
        let blank = String(repeating: " ", count: indentation)
        switch json {
        case .object(let members) where !members.isEmpty:
            return members.sorted { $0.key < $1.key }.map { key, value in
                let name = "\(blank)\(Printable.escape(key)):"
                return isShort(value) ? "\(name) \(inline(value))\n" : "\(name)\n\(render(value, indentation: indentation + 2))"
            }.joined()
        case .array(let items) where !isShort(json):
            return items.map { item in
                isShort(item) ? "\(blank)- \(inline(item))\n" : "\(blank)-\n\(render(item, indentation: indentation + 2))"
            }.joined()
        default: return "\(blank)\(inline(json))\n"
        }
    }

    /// On one line: `{a: 1, b: [2, 3]}`.
    static func inline(_ json: JSON) -> String {
        switch json {
        case .null: "-"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .text(let text): text.isEmpty ? "\"\"" : Printable.escape(text)
        case .array(let items): "[\(items.map { inline($0) }.joined(separator: ", "))]"
        case .object(let members):
            "{\(members.sorted { $0.key < $1.key }.map { "\(Printable.escape($0.key)): \(inline($0.value))" }.joined(separator: ", "))}"
        }
    }

    private static func isShort(_ json: JSON) -> Bool {
        switch json {
        case .object(let members): members.isEmpty
        case .array(let items):
            items.allSatisfy { item in
                if case .object = item { return false }
                return item.array.map { $0.allSatisfy { $0.array == nil && $0.object == nil } } ?? true
            } && inline(json).count <= 100
        default: true
        }
    }
}

extension ResourceID {
    /// The parts, escaped, with a slash between them. An empty part stands for the default, as in Kafka.
    var printable: String { parts.map { $0.isEmpty ? "(default)" : Printable.escape($0) }.joined(separator: "/") }
}
