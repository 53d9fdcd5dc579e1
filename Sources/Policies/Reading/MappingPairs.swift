import Yams

/// The keys of a mapping with their values; what `<<` merges into it counts where the mapping has not the key itself.
struct MappingPairs {
    struct Pair {
        var key: Node
        var value: Node
    }

    private(set) var byName: [String: Pair] = [:]

    /// Nil where the node is no mapping, which is noted.
    init?(_ node: Node, _ place: Place, _ findings: inout Findings) {
        guard case .mapping(let mapping) = node else {
            findings.note(node, place, "\(node.sort) stands where a mapping must", "write key: value lines under it.")
            return nil
        }
        take(mapping, place, &findings, depth: 0)
    }

    private mutating func take(_ mapping: Node.Mapping, _ place: Place, _ findings: inout Findings, depth: Int) {
        var merged: [(Node, Node)] = []
        for (key, value) in mapping {
            guard findings.spend(key, place) else { return }
            guard case .scalar(let scalar) = key else {
                findings.note(key, place, "\(key.sort) is a key", "write keys as plain text.")
                continue
            }
            if scalar.string == "<<", scalar.style == .plain {
                merged.append((key, value))
            } else if byName[scalar.string] == nil {
                byName[scalar.string] = Pair(key: key, value: value)
            }
        }
        for (key, value) in merged {
            let sources = value.sequence.map { Array($0) } ?? [value]
            for source in sources {
                if case .mapping(let other) = source, depth < 10 {
                    take(other, place, &findings, depth: depth + 1)
                } else {
                    findings.note(
                        key, place, "<< merges something that is no mapping", "let it name an anchor of a mapping, such as *defaults.")
                }
            }
        }
    }
}
