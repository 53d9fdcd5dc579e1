import Bytes
public import SnapshotModel

/// Shows what a record holds, defaults included and secrets redacted.
struct ShownRecord: KeyVisitor {
    private var members: [ByteString: JSON] = [:]

    static func json(_ record: some PolicyRecord) -> JSON {
        var shown = ShownRecord()
        var copy = record
        copy.list(&shown)
        return .object(shown.members)
    }

    mutating func key<Value>(_ name: String, _ value: inout Value, _ term: Term<Value>, _ doc: String) {
        switch term.show(value) {
        case .null, .array([]): return
        case .object(let inner) where inner.isEmpty: return
        case let json: members[ByteString(name)] = json
        }
    }

    mutating func optional<Value>(_ name: String, _ value: inout Value?, _ term: Term<Value>, _ doc: String) {
        if let given = value { members[ByteString(name)] = term.show(given) }
    }

    mutating func required<Value>(_ name: String, _ value: inout Value, _ term: Term<Value>, _ doc: String) {
        members[ByteString(name)] = term.show(value)
    }

    mutating func oneOf(_ names: [String], isRequired: Bool) {}
    mutating func demand(_ name: String, _ problem: @autoclosure () -> Remark?) {}
}

extension Policy {
    /// What is in force: everything that was written, and the defaults of the rest. Secrets that stand behind a reference are shown as
    /// that reference, others as `[redacted]`.
    public var effective: JSON { ShownRecord.json(self) }
}

extension ProtectedCluster {
    public var effective: JSON { ShownRecord.json(self) }
}
