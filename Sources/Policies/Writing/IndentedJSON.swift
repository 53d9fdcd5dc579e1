import SnapshotModel

/// JSON with a line for each member, its keys sorted.
enum IndentedJSON {
    static func text(_ json: JSON, indent: String = "") -> String {
        let inner = indent + "  "
        switch json {
        case .object(let members) where !members.isEmpty:
            let lines = members.sorted { $0.key < $1.key }.map { key, value in
                "\(inner)\(text(.text(key))): \(text(value, indent: inner))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        case .array(let items) where items.contains { $0.object != nil }:
            return "[\n\(items.map { inner + text($0, indent: inner) }.joined(separator: ",\n"))\n\(indent)]"
        default:
            return String(decoding: json.canonicalBytes, as: UTF8.self)
        }
    }
}
