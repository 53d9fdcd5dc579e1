public import Bytes

/// Where compatibility or mode is set.
public enum RegistryScope: Hashable, Sendable {
    case global
    /// `.name`, with its dot. The default context's settings are the global ones.
    case context(ByteString)
    case subject(ByteString)

    /// The segments behind `/config` or `/mode`.
    var path: [ByteString] {
        switch self {
        case .global: []
        case .context(let name): [":" + name + ":"]
        case .subject(let name): [name]
        }
    }
}

/// What is configured at one level.
public struct CompatibilitySetting: Hashable, Sendable {
    /// `BACKWARD`, `FULL_TRANSITIVE` …; nil where the level sets only other things.
    public var level: String?
    /// `alias`, `normalize`, `compatibilityGroup`, `defaultRuleSet` … as the registry gives them.
    public var others: [ByteString: RegistryJSON]

    public init(level: String?, others: [ByteString: RegistryJSON] = [:]) {
        self.level = level
        self.others = others
    }

    /// The subject that this one stands for.
    public var alias: ByteString? {
        guard case .string(let name)? = others["alias"], !name.isEmpty else { return nil }
        return name
    }

    var json: RegistryJSON {
        var members = others
        members["compatibility"] = level.map { .string(ByteString($0)) }
        return .object(members)
    }
}

extension CompatibilitySetting: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        guard case .object(var members) = json else { throw Mismatch(path: [], isMissing: false) }
        // Answers to GET say compatibilityLevel, answers to PUT compatibility.
        let level = members.removeValue(forKey: "compatibilityLevel") ?? members.removeValue(forKey: "compatibility")
        members["compatibility"] = nil
        self.level = if case .string(let name)? = level { name.description } else { nil }
        others = members.filter { $0.value != .null }
    }
}

/// Whether a registry, context or subject may be written to, and how.
public struct RegistryMode: Hashable, Sendable, RawRepresentable {
    /// As the registry calls it.
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let readWrite = RegistryMode(rawValue: "READWRITE")
    public static let readOnly = RegistryMode(rawValue: "READONLY")
    public static let readOnlyOverride = RegistryMode(rawValue: "READONLY_OVERRIDE")
    /// Ids and versions are given by the one who writes.
    public static let `import` = RegistryMode(rawValue: "IMPORT")
    public static let forward = RegistryMode(rawValue: "FORWARD")
}

extension RegistryMode: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) { rawValue = try json.read("mode") }
}
