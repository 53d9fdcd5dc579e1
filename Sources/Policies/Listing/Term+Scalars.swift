import Bytes
import SnapshotModel
import Yams

/// A scalar as it was written.
struct WrittenScalar {
    let text: String

    /// Nil where it is none, or empty, or of a tag that YAML does not know.
    init?(_ node: Node) {
        guard case .scalar(let scalar) = node, node.tagName != .null, Self.tags.contains(node.tagName) else { return nil }
        text = scalar.string
    }

    static let tags: Set<Tag.Name> = [.str, .int, .bool, .float, .timestamp, .value, .merge]
}

extension Term {
    /// Something that is read of a scalar's text. `parse` gives the value, or what is wrong with the text.
    static func scalar(
        _ words: String, schema: JSON, show: @escaping @Sendable (Value) -> JSON,
        _ parse: @escaping @Sendable (String, Findings) -> Result<Value, Remark>
    ) -> Term {
        Term(
            words: words, schema: schema,
            read: { node, place, findings in
                guard findings.spend(node, place) else { return nil }
                guard let scalar = WrittenScalar(node) else {
                    findings.note(node, place, "\(node.sort) stands where a \(words) must", "write a \(words), or leave out the key.")
                    return nil
                }
                switch parse(scalar.text, findings) {
                case .success(let value): return value
                case .failure(let remark):
                    findings.note(node, place, remark.message, remark.hint)
                    return nil
                }
            },
            show: show)
    }
}

extension Node {
    /// Of its tag, resolved.
    var tagName: Tag.Name { Tag.Name(rawValue: tag.description) }

    /// What it is, for a message that must not show what it holds.
    var sort: String {
        switch self {
        case .scalar(let scalar): tagName == .null ? "nothing" : scalar.string.isEmpty ? "an empty text" : "a plain value"
        case .mapping: "a mapping"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}

extension JSON {
    static func type(_ name: String, _ members: [String: JSON] = [:]) -> JSON {
        .object(Dictionary(uniqueKeysWithValues: members.map { (.init($0.key), $0.value) }).merging(["type": .text(name)]) { $1 })
    }
}

extension Term where Value == String {
    static var text: Term {
        Term.scalar("text", schema: .type("string", ["minLength": .integer(1)]), show: { .text($0) }) { text, _ in
            text.isEmpty ? .failure(Remark(message: "it is empty", hint: "write a text, or leave out the key.")) : .success(text)
        }
    }

    /// A URL, shown without what stands before an @ in it: a password perhaps.
    static var url: Term {
        Term.scalar("text", schema: .type("string", ["minLength": .integer(1)]), show: { .text(withoutLogin($0)) }) { text, _ in
            text.isEmpty ? .failure(Remark(message: "it is empty", hint: "write a URL, or leave out the key.")) : .success(text)
        }
    }

    private static func withoutLogin(_ url: String) -> String {
        guard let scheme = url.range(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return url }
        return url[..<scheme.upperBound] + "[redacted]" + rest[at...]
    }

    /// A path; a relative one is of the policy's folder.
    static var path: Term {
        Term.scalar("path", schema: .type("string", ["minLength": .integer(1)]), show: { .text($0) }) { text, findings in
            text.isEmpty
                ? .failure(Remark(message: "it is empty", hint: "write a path, or leave out the key."))
                : .success(PolicyPath.resolve(text, in: findings.folder))
        }
    }

    /// A name that may stand in metrics, logs and paths.
    static var name: Term {
        Term.scalar(
            "name", schema: .type("string", ["pattern": "^[A-Za-z0-9._-]{1,100}$"]), show: { .text($0) }
        ) { text, _ in
            let isName = text.utf8.allSatisfy {
                $0 == 0x2D || $0 == 0x2E || $0 == 0x5F || (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
            }
            // The two that are no names for a folder are none here.
            return (1...100).contains(text.utf8.count) && isName && text != "." && text != ".."
                ? .success(text)
                : .failure(Remark(message: "it is no name", hint: "write 1 to 100 letters, digits, '.', '_' and '-', and not dots alone."))
        }
    }
}

extension Term where Value == Bool {
    static var flag: Term {
        Term.scalar("true or false", schema: .type("boolean"), show: { .bool($0) }) { text, _ in
            text == "true" || text == "false"
                ? .success(text == "true") : .failure(Remark(message: "it is neither true nor false", hint: "write true or false."))
        }
    }
}

extension Term where Value: FixedWidthInteger & Sendable {
    static func integer(_ range: ClosedRange<Value>) -> Term {
        let (least, most) = (Int64(range.lowerBound), Int64(range.upperBound))
        return .scalar(
            "number", schema: .type("integer", ["minimum": .integer(least), "maximum": .integer(most)]),
            show: { .integer(Int64($0)) }
        ) { text, _ in
            guard text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }), let number = Value(text), range.contains(number)
            else {
                guard least < most else {
                    return .failure(Remark(message: "it is not \(least)", hint: "write \(least): no other is known here."))
                }
                return .failure(Remark(message: "it is no whole number from \(least) to \(most)", hint: "write one of these."))
            }
            return .success(number)
        }
    }
}

extension Term where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
    static var choice: Term {
        let names = Value.allCases.map(\.rawValue)
        let list = names.joined(separator: ", ")
        return .scalar(
            "one of \(list)", schema: .object(["enum": .array(names.map { .text($0) })]), show: { .text($0.rawValue) }
        ) { text, _ in
            if let value = Value(rawValue: text) { return .success(value) }
            let near = Nearest.to(text, among: names).map { "did you mean \($0)? " } ?? ""
            return .failure(
                Remark(message: "it is none of \(list)", hint: near.isEmpty ? "write one of them." : "\(near)write one of them."))
        }
    }
}
