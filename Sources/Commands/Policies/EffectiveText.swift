import SnapshotModel

/// JSON as the YAML that says the same.
enum EffectiveText {
    static func lines(_ json: JSON) -> [String] {
        switch json {
        case .object(let members):
            return members.sorted { $0.key < $1.key }.flatMap { key, value -> [String] in
                let name = scalar(.text(key))
                let inner = lines(value)
                switch value {
                case .object(let members) where !members.isEmpty: return ["\(name):"] + inner.map { "  " + $0 }
                case .array(let items) where items.contains { $0.object != nil }: return ["\(name):"] + inner.map { "  " + $0 }
                default: return ["\(name): \(inner.joined())"]
                }
            }
        case .array(let items) where items.contains { $0.object != nil }:
            return items.flatMap { item in lines(item).enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element } }
        case .array(let items): return ["[\(items.map(scalar).joined(separator: ", "))]"]
        default: return [scalar(json)]
        }
    }

    /// Quoted where YAML would take it for something else.
    private static func scalar(_ json: JSON) -> String {
        guard case .text(let bytes) = json else { return String(decoding: json.canonicalBytes, as: UTF8.self) }
        let text = bytes.description
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { $0 >= 0x2D && $0 <= 0x39 || $0 >= 0x41 && $0 <= 0x5A || $0 >= 0x61 && $0 <= 0x7A || $0 == 0x5F }
            && text.first?.isLetter == true && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
        return isPlain ? text : String(decoding: json.canonicalBytes, as: UTF8.self)
    }
}
