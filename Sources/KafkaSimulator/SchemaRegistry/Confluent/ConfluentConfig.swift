import Bytes

/// What is configured at one level: `compatibility`, and members that the registry stores and this one does not act on but for `alias`.
struct ConfluentConfig: Sendable {
    var level: RegistryLevel?
    /// `alias`, `normalize`, `compatibilityGroup`, `defaultMetadata` … as they came, in the order of the registry's answers.
    var others: [OrderedJSON.Member] = []

    static let otherNames: [ByteString] = [
        "alias", "normalize", "validateFields", "validateRules", "compatibilityGroup", "compatibilityPolicy", "defaultMetadata",
        "overrideMetadata", "defaultRuleSet", "overrideRuleSet",
    ]

    var alias: ByteString? {
        others.first { $0.name == "alias" }?.value.asText.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Takes over what the body names; null removes. Throws 42203 where the level is none.
    mutating func update(_ body: OrderedJSON) throws(RegistryFailure) {
        if let name = body["compatibility"], name != .null {
            guard let level = RegistryLevel(rawValue: (name.asText?.description ?? "").uppercased()) else {
                throw RegistryFailure(42203, RegistryLevel.invalidMessage)
            }
            self.level = level
        }
        for name in Self.otherNames {
            guard let value = body[name] else { continue }
            others.removeAll { $0.name == name }
            if value != .null { others.append(.init(name: name, value: value)) }
        }
    }

    /// As PUT answers it: what the body named, as it is kept.
    func echo(of body: OrderedJSON) -> OrderedJSON {
        var members = others.filter { body[$0.name] != nil }
        if body["compatibility"] != nil, let level {
            members.append(.init(name: "compatibility", value: .text(ByteString(level.rawValue))))
        }
        return .object(members)
    }

    /// As GET answers it.
    var json: OrderedJSON {
        var members = others
        if let level { members.append(.init(name: "compatibilityLevel", value: .text(ByteString(level.rawValue)))) }
        return .object(members)
    }
}

/// Whether a subject may be written to, and how.
enum ConfluentMode: String, Sendable {
    case readWrite = "READWRITE"
    case readOnly = "READONLY"
    case readOnlyOverride = "READONLY_OVERRIDE"
    case `import` = "IMPORT"
    case forward = "FORWARD"
}
