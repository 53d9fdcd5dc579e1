public import Recovery

/// A policy that cannot be used: all that is wrong with it at once.
public struct PolicyError: Explained, Hashable, Sendable, CustomStringConvertible {
    /// In the order of the file; empty where the error is about more than a place in it.
    public var problems: [PolicyProblem] = []
    public var message: String
    public var hint: String

    public init(_ message: String, hint: String) {
        self.message = message
        self.hint = hint
    }

    /// - Parameter problems: at least one.
    init(_ problems: [PolicyProblem]) {
        self.problems = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        message = ""
        hint =
            problems.count == 1
            ? problems[0].hint
            : "correct these \(problems.count) places; docs/policy.md has every key, and so has `tidemark policy schema`."
        message = listing.joined(separator: "\n")
    }

    /// A line for each problem, with what to do; of a single one that is the error's own hint.
    public var listing: [String] {
        if problems.count == 1 { return [problems[0].place] }
        let shown = problems.prefix(Self.shown).map { $0.description }
        return shown + (problems.count > shown.count ? ["and \(problems.count - shown.count) more"] : [])
    }

    /// More than these are counted only.
    private static let shown = 50

    public var description: String { "\(message)\nhint: \(hint)" }
}

/// One thing that is wrong at one place of a policy.
public struct PolicyProblem: Hashable, Sendable, CustomStringConvertible {
    public var file: String
    /// Both counted from 1.
    public var line, column: Int
    /// Where it is by name: `clusters[0].backup.every`; empty for the whole file.
    public var keyPath: String
    public var message: String
    /// A sentence.
    public var hint: String

    public var description: String { "\(place) (\(hint))" }

    /// Without the hint.
    public var place: String { "\(file):\(line):\(column): \(keyPath.isEmpty ? "" : "\(keyPath): ")\(message)" }
}
