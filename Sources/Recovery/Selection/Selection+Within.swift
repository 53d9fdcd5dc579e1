import Bytes

extension Selection {
    /// Reads what ``description`` wrote: `+topics:orders.* -broker-configs`. Nil where it cannot be read for certain, as with a name
    /// that has a space in it, or a kind that this version does not know.
    init?(description: String) {
        self.init()
        for word in description.split(separator: " ", omittingEmptySubsequences: false) {
            guard let rule = try? Rule(String(word.dropFirst())) else { return nil }
            switch word.first {
            case "+": only.append(rule)
            case "-": except.append(rule)
            default: return nil
            }
        }
    }

    /// Whether all that this selects is selected by the other too. Says no where rules would have to be compared by what they fit.
    func isWithin(_ other: Selection) -> Bool {
        func covers(_ wide: Rule, _ narrow: Rule) -> Bool { wide == narrow || wide.kind == narrow.kind && wide.glob == nil }
        let isNarrow = other.only.isEmpty || !only.isEmpty && only.allSatisfy { rule in other.only.contains { covers($0, rule) } }
        return isNarrow
            && other.except.allSatisfy { rule in
                except.contains { covers($0, rule) } || !only.isEmpty && !only.contains { $0.kind == rule.kind }
            }
    }
}
