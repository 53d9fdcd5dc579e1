import Bytes

/// Every access rule, so kept that those which cover a name are found without looking at the others.
struct AclStore: Sendable {
    private var entries: [AclPattern: Set<AclEntry>] = [:]
    /// How many prefixes of each length there are, by what they are about: only these lengths need be tried.
    private var prefixLengths: [AclResourceType: [Int: Int]] = [:]

    var count: Int { entries.values.reduce(0) { $0 + $1.count } }

    mutating func add(_ binding: AclBinding) {
        if entries[binding.pattern] == nil { count(binding.pattern, 1) }
        entries[binding.pattern, default: []].insert(binding.entry)
    }

    mutating func remove(_ binding: AclBinding) {
        guard entries[binding.pattern]?.remove(binding.entry) != nil, entries[binding.pattern]?.isEmpty == true else { return }
        entries[binding.pattern] = nil
        count(binding.pattern, -1)
    }

    private mutating func count(_ pattern: AclPattern, _ change: Int) {
        guard pattern.kind == .prefixed else { return }
        let count = (prefixLengths[pattern.type]?[pattern.name.count] ?? 0) + change
        prefixLengths[pattern.type, default: [:]][pattern.name.count] = count == 0 ? nil : count
    }

    /// In the order of patterns, and of entries within.
    func bindings(_ filter: AclFilter) -> [AclBinding] {
        entries.filter { filter.matches($0.key) }.sorted { $0.key < $1.key }.flatMap { pattern, entries in
            entries.filter(filter.matches).sorted().map { AclBinding(pattern: pattern, entry: $0) }
        }
    }

    /// The entries of every pattern that covers the name: literally, by a prefix of it, or for all names.
    func entries(covering name: ByteString, of type: AclResourceType) -> [Set<AclEntry>] {
        var patterns = [AclPattern(type: type, kind: .literal, name: name)]
        if name != wildcard { patterns.append(AclPattern(type: type, kind: .literal, name: wildcard)) }
        for length in (prefixLengths[type] ?? [:]).keys where length <= name.count {
            patterns.append(AclPattern(type: type, kind: .prefixed, name: ByteString(bytes: name.bytes.prefix(length))))
        }
        return patterns.compactMap { entries[$0] }
    }

    /// Every pattern about such things that has an entry which `fits`.
    func patterns(of type: AclResourceType, where fits: (AclEntry) -> Bool) -> Set<AclPattern> {
        Set(entries.filter { $0.key.type == type && $0.value.contains(where: fits) }.keys)
    }
}
