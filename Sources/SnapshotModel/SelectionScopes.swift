/// By which of a selection's rules each kind was captured.
///
/// Sections can be compared where their scopes are the same: `-broker-configs` says nothing about topics, so these topics are all that there are,
/// as in a snapshot of everything.
public struct SelectionScopes: Hashable, Sendable {
    /// All of a kind.
    public static let whole = ""

    private enum Form: Hashable {
        /// The rules of the kinds that have some, in ascending order; whether kinds without rules are captured.
        case rules([KindName: [String]], takesOthers: Bool)
        /// It cannot be read, so it is like itself only.
        case opaque(String)
    }

    private let form: Form

    /// - Parameter selection: as a manifest has it, `+topics:orders.* -broker-configs`; empty where everything was captured.
    public init(_ selection: String) {
        var rules: [KindName: [String]] = [:]
        var isNarrowed = false
        for word in selection.split(separator: " ", omittingEmptySubsequences: false) where !selection.isEmpty {
            let kind = word.dropFirst().prefix { $0 != ":" }
            guard let sign = word.first, sign == "+" || sign == "-", !kind.isEmpty else {
                form = .opaque(selection)
                return
            }
            if sign == "+" { isNarrowed = true }
            rules[KindName(String(kind)), default: []].append(String(word))
        }
        form = .rules(rules.mapValues { Array(Set($0)).sorted() }, takesOthers: !isNarrowed)
    }

    /// In words that are the same for two selections where they take the same of the kind: empty where all of it is; nil where nothing is.
    public func scope(of kind: KindName) -> String? {
        guard case .rules(let rules, let takesOthers) = form else {
            guard case .opaque(let selection) = form else { return nil }
            return selection
        }
        let own = rules[kind] ?? []
        let isWhole = own.contains("+\(kind.rawValue)")
        guard takesOthers || own.contains(where: { $0.hasPrefix("+") }), !own.contains("-\(kind.rawValue)") else { return nil }
        // Beside the rule that takes the whole kind those that take parts of it say nothing.
        return own.filter { !(isWhole && $0.hasPrefix("+")) }.joined(separator: " ")
    }

    /// Whether all that this takes the other takes too, and more. Says no where rules would have to be compared by what they fit.
    public func isNarrower(than other: SelectionScopes) -> Bool { isWithin(other) && !other.isWithin(self) }

    private func isWithin(_ other: SelectionScopes) -> Bool {
        guard case .rules(let own, let takesOthers) = form, case .rules(let others, let otherTakesOthers) = other.form else {
            return form == other.form
        }
        guard otherTakesOthers || !takesOthers else { return false }
        return Set(own.keys).union(others.keys).allSatisfy { kind in
            guard let narrow = scope(of: kind) else { return true }
            guard let wide = other.scope(of: kind) else { return false }
            return wide == Self.whole || wide == narrow
        }
    }
}
