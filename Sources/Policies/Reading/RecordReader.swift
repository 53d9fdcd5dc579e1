import Bytes
import Yams

/// Reads the keys of one mapping into a record, and notes everything that is wrong.
struct RecordReader: KeyVisitor {
    private let node: Node
    private let pairs: MappingPairs
    private let place: Place
    private var known: [String] = []
    private(set) var findings: Findings

    init(_ node: Node, _ pairs: MappingPairs, _ place: Place, _ findings: Findings) {
        self.node = node
        self.pairs = pairs
        self.place = place
        self.findings = findings
    }

    mutating func key<Value>(_ name: String, _ value: inout Value, _ term: Term<Value>, _ doc: String) {
        known.append(name)
        guard let pair = pairs.byName[name], let read = term.read(pair.value, place.key(name), &findings) else { return }
        value = read
    }

    mutating func optional<Value>(_ name: String, _ value: inout Value?, _ term: Term<Value>, _ doc: String) {
        known.append(name)
        guard let pair = pairs.byName[name], let read = term.read(pair.value, place.key(name), &findings) else { return }
        value = read
    }

    mutating func required<Value>(_ name: String, _ value: inout Value, _ term: Term<Value>, _ doc: String) {
        if pairs.byName[name] == nil { findings.note(node, place, "the key '\(name)' is missing", "add it.") }
        key(name, &value, term, doc)
    }

    mutating func oneOf(_ names: [String], isRequired: Bool) {
        let given = names.filter { pairs.byName[$0] != nil }
        let list = names.joined(separator: ", ")
        if given.count > 1 {
            findings.note(
                pairs.byName[given[1]]?.key.mark, place, "\(given.joined(separator: " and ")) exclude each other", "leave one out.")
        } else if given.isEmpty, isRequired {
            findings.note(node, place, "one of the keys \(list) is missing", "add one of them.")
        }
    }

    mutating func demand(_ name: String, _ problem: @autoclosure () -> Remark?) {
        guard let problem = problem() else { return }
        findings.note(pairs.byName[name]?.value.mark ?? node.mark, place.key(name), problem.message, problem.hint)
    }

    mutating func refuseUnknown() {
        for (name, pair) in pairs.byName where !known.contains(name) {
            let shown = name.utf8.count <= 100 ? name : "\(name.prefix(100))…"
            let near = Nearest.to(String(name.prefix(100)), among: known).map { "did you mean '\($0)'?" }
            findings.note(
                pair.key, place.key(shown), "there is no key '\(shown)' here", near ?? "the keys are \(known.joined(separator: ", ")).")
        }
    }
}
