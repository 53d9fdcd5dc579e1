import SnapshotModel
import Yams

/// What may stand at a key: how it is read, shown, described to editors and to people.
struct Term<Value>: Sendable {
    /// For the reference: `duration`, `list of text`.
    var words: String
    /// JSON Schema; records are referred to by title.
    var schema: JSON
    /// The records that stand in it.
    var records: [any PolicyRecord.Type] = []
    /// Nil where a problem was found, which is noted.
    var read: @Sendable (Node, Place, inout Findings) -> Value?
    /// As `policy show` and the reference have it; secrets redacted. Null: not to be shown.
    var show: @Sendable (Value) -> JSON
}

/// Where in the file something is, by name.
struct Place: Sendable {
    var keyPath: String

    func key(_ name: String) -> Place { Place(keyPath: keyPath.isEmpty ? name : "\(keyPath).\(name)") }
    func item(_ index: Int) -> Place { Place(keyPath: "\(keyPath)[\(index)]") }
}

/// What a file's reading found to be wrong.
struct Findings {
    let file: String
    /// What paths are of.
    let folder: String
    private(set) var problems: [PolicyProblem] = []
    /// What does not keep the policy from being used.
    private(set) var remarks: [PolicyProblem] = []
    /// How many nodes may still be looked at: aliases make many of few.
    private var budget = 200_000

    init(file: String) {
        self.file = file
        folder = PolicyPath.folder(of: file)
    }

    mutating func note(_ node: Node, _ place: Place, _ message: String, _ hint: String) {
        note(node.mark, place, message, hint)
    }

    mutating func remark(_ node: Node, _ place: Place, _ remark: Remark) {
        if remarks.count < 1000 { remarks.append(problem(node.mark, place, remark.message, remark.hint)) }
    }

    mutating func note(_ mark: Mark?, _ place: Place, _ message: String, _ hint: String) {
        // What is wrong behind an alias is wrong once.
        if problems.count < 1000 { problems.append(problem(mark, place, message, hint)) }
    }

    private func problem(_ mark: Mark?, _ place: Place, _ message: String, _ hint: String) -> PolicyProblem {
        PolicyProblem(
            file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, keyPath: place.keyPath, message: message, hint: hint)
    }

    /// False once too much was looked at, which is noted the first time.
    mutating func spend(_ node: Node, _ place: Place) -> Bool {
        budget -= 1
        if budget == 0 { note(node, place, "the policy is too large once its aliases are followed", "write less of it as aliases.") }
        return budget > 0
    }
}
