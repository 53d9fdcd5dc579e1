public import Bytes

/// A schema by itself, without a place in a registry.
public struct Schema: Hashable, Sendable {
    /// `AVRO`, `JSON`, `PROTOBUF` or another that the registry has by a plug-in.
    public var type: String
    /// Exactly as the registry gives it.
    public var text: ByteString
    /// In the order in which the registry gives them.
    public var references: [SchemaReference]
    /// Tags, properties and names of sensitive properties; nil where the registry has none or does not keep them.
    public var metadata: RegistryJSON?
    /// Domain and migration rules; nil where the registry has none or does not keep them.
    public var ruleSet: RegistryJSON?

    public init(
        type: String = Schema.avro, text: ByteString, references: [SchemaReference] = [], metadata: RegistryJSON? = nil,
        ruleSet: RegistryJSON? = nil
    ) {
        self.type = type
        self.text = text
        self.references = references
        self.metadata = metadata
        self.ruleSet = ruleSet
    }

    public static let avro = "AVRO"
    public static let json = "JSON"
    public static let protobuf = "PROTOBUF"

    /// As a registration's or look-up's body says it.
    var members: [ByteString: RegistryJSON] {
        var members: [ByteString: RegistryJSON] = ["schemaType": .string(ByteString(type)), "schema": .string(text)]
        if !references.isEmpty { members["references"] = .array(references.map(\.json)) }
        members["metadata"] = metadata
        members["ruleSet"] = ruleSet
        return members
    }
}

extension Schema: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        type = try json.readIfPresent("schemaType") ?? Schema.avro
        text = try json.read("schema")
        references = try json.readIfPresent("references") ?? []
        metadata = try json.readIfPresent("metadata")
        ruleSet = try json.readIfPresent("ruleSet")
    }
}

/// A version of a subject, as a registry holds it.
public struct SchemaVersion: Hashable, Sendable {
    /// With its context, where it is not the default one: `:.context:subject`.
    public var subject: ByteString
    /// From 1.
    public var version: Int32
    /// Counted per context.
    public var id: Int32
    /// The same schema has the same one in every registry; only newer ones of Confluent's give it.
    public var guid: String?
    public var schema: Schema
    /// Nil where the registry does not say; see `SchemaRegistryClient.inventory`.
    public var isDeleted: Bool?
    /// When it was registered or soft-deleted, in milliseconds since 1970; nil where the registry does not say.
    public var timestamp: Int64?

    public init(
        subject: ByteString, version: Int32, id: Int32, guid: String? = nil, schema: Schema, isDeleted: Bool? = nil, timestamp: Int64? = nil
    ) {
        self.subject = subject
        self.version = version
        self.id = id
        self.guid = guid
        self.schema = schema
        self.isDeleted = isDeleted
        self.timestamp = timestamp
    }

    public var name: SchemaVersionName { SchemaVersionName(subject: subject, version: version) }
}

extension SchemaVersion: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        subject = try json.read("subject")
        version = try json.read("version")
        id = try json.read("id")
        guid = try json.readIfPresent("guid")
        schema = try Schema(json)
        isDeleted = try json.readIfPresent("deleted")
        timestamp = try json.readIfPresent("ts")
    }
}

/// A version by its name.
public struct SchemaVersionName: Hashable, Sendable {
    public var subject: ByteString
    public var version: Int32

    public init(subject: ByteString, version: Int32) {
        self.subject = subject
        self.version = version
    }
}

extension SchemaVersionName: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        subject = try json.read("subject")
        version = try json.read("version")
    }
}
