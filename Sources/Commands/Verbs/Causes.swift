import Bytes
import Resources
import SnapshotModel

/// What is to be said of many resources, said once for each cause: how many, and the names of the first few.
struct Causes {
    /// What is said of one resource, or of a kind.
    struct Item {
        var kind: KindName
        var id: ResourceID?
        /// What others have too.
        var cause: String
        /// What only this one has; empty where nothing is.
        var detail = ""
        var hint = ""
        /// What the snapshot calls it, where that is another name: hints go by it.
        var storedID: ResourceID?
    }

    private struct Key: Hashable {
        var kind: KindName
        var cause: String
        var hint: String
    }

    /// How many names are given.
    static let named = 3

    private var groups: [(key: Key, items: [Item])] = []
    private var places: [Key: Int] = [:]

    init(_ items: [Item]) {
        for item in items {
            let key = Key(kind: item.kind, cause: item.cause, hint: Self.common(item))
            if let place = places[key] {
                groups[place].items.append(item)
            } else {
                places[key] = groups.count
                groups.append((key, [item]))
            }
        }
    }

    /// Of how many things is to be told.
    var count: Int { groups.reduce(0) { $0 + $1.items.count } }

    /// A line for each cause, printable; for each resource where all are asked for.
    func lines(all: Bool) -> [String] {
        groups.flatMap { group in
            all || group.items.count == 1 ? group.items.map { Self.line($0) } : [Self.line(group.key, group.items)]
        }
    }

    private static func line(_ item: Item) -> String {
        let text = item.detail.isEmpty ? item.cause : "\(item.cause): \(item.detail)"
        return "\(item.kind)\(item.id.map { " " + $0.printable } ?? ""): \(Printable.escape(text))" + hint(item.hint)
    }

    private static func line(_ key: Key, _ items: [Item]) -> String {
        let names = list(items.compactMap(\.id))
        return "\(key.kind): \(Printable.escape(key.cause)) (\(names.isEmpty ? Units.count(items.count) : names))" + hint(key.hint)
    }

    /// `192: a, b, c and 189 more`, each once.
    static func list(_ ids: [ResourceID]) -> String {
        var seen: Set<ResourceID> = []
        let names = ids.filter { seen.insert($0).inserted }
        guard !names.isEmpty else { return "" }
        let shown = names.prefix(named).map(\.printable).joined(separator: ", ")
        return "\(Units.count(names.count)): \(shown)" + (names.count > named ? " and \(Units.count(names.count - named)) more" : "")
    }

    /// The hint without the resource's own name in it: `--except topics:orders` is `--except topics:NAME`.
    private static func common(_ item: Item) -> String {
        guard let id = item.storedID ?? item.id, let kind = Kinds.named(item.kind), !kind.operatorName(of: id).isEmpty else {
            return item.hint
        }
        // The longer one first: the shorter may be its beginning.
        return item.hint.replacing(
            kind.leavingPart(id), with: "--except \(item.kind):NAME\(kind.operatorPart(of: id) == nil ? "" : "/TOPIC")"
        )
        .replacing(kind.leaving(id), with: "--except \(item.kind):NAME")
    }

    private static func hint(_ text: String) -> String { text.isEmpty ? "" : "\n    hint: \(Printable.escape(text))" }
}
