/// What is to be registered.
public struct Registration: Hashable, Sendable {
    public var schema: Schema
    /// Only where the subject is in IMPORT mode, where it must be given. Karapace ignores it [seen].
    public var id: Int32?
    /// Nil: the next one. In IMPORT any version that is free or holds the same schema. Where it holds another one, that is silently
    /// overwritten [seen]: compare before. Karapace ignores it [seen].
    public var version: Int32?

    public init(schema: Schema, id: Int32? = nil, version: Int32? = nil) {
        self.schema = schema
        self.id = id
        self.version = version
    }

    var json: RegistryJSON {
        var members = schema.members
        members["id"] = id.map { .integer(Int64($0)) }
        members["version"] = version.map { .integer(Int64($0)) }
        return .object(members)
    }
}

/// What became of it.
public struct RegistrationOutcome: Hashable, Sendable {
    /// Not necessarily the one that was asked for: compare.
    public var id: Int32
    /// Nil where the registry does not say.
    public var version: Int32?
    public var guid: String?

    public init(id: Int32, version: Int32? = nil, guid: String? = nil) {
        self.id = id
        self.version = version
        self.guid = guid
    }
}

extension RegistrationOutcome: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        id = try json.read("id")
        version = try json.readIfPresent("version")
        guid = try json.readIfPresent("guid")
    }
}
