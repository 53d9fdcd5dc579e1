import Bytes
import SnapshotModel

/// One member of a document that differs.
struct FieldChange: Hashable {
    /// Escaped names with dots between: `configs.retention.ms`; `3` for the fourth item of a list.
    var path: String
    var from: JSON?
    var to: JSON?

    /// The innermost members that differ, in the order of their names.
    static func between(_ from: JSON?, _ to: JSON?, at path: String = "") -> [FieldChange] {
        if from == to { return [] }
        func deeper(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
        switch (from, to) {
        case (.object(let old), .object(let new)):
            return Set(old.keys).union(new.keys).sorted().flatMap {
                between(old[$0], new[$0], at: deeper(Printable.escape($0)))
            }
        case (.array(let old), .array(let new)) where old.count == new.count && old.contains(where: { $0.object != nil }):
            return zip(old, new).enumerated().flatMap { between($1.0, $1.1, at: deeper("\($0)")) }
        default: return [FieldChange(path: path, from: from, to: to)]
        }
    }

    /// `configs.retention.ms: 1000 → 2000`; cut where a value is long.
    var text: String {
        func value(_ json: JSON?) -> String {
            guard let json else { return "(none)" }
            let text = Outline.inline(json)
            return text.count > 60 ? text.prefix(57) + "..." : text
        }
        return (path.isEmpty ? "" : "\(path): ") + "\(value(from)) → \(value(to))"
    }
}
