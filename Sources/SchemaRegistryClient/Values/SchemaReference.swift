public import Bytes

/// A schema's pointer to another one.
public struct SchemaReference: Hashable, Sendable {
    /// What the schema's text calls it: an Avro full name, a Protobuf import, a JSON Schema `$ref`.
    public var name: ByteString
    /// In the context of the schema that refers, where it names none.
    public var subject: ByteString
    public var version: Int32

    public init(name: ByteString, subject: ByteString, version: Int32) {
        self.name = name
        self.subject = subject
        self.version = version
    }

    var json: RegistryJSON {
        .object(["name": .string(name), "subject": .string(subject), "version": .integer(Int64(version))])
    }
}

extension SchemaReference: RegistryReadable {
    init(_ json: RegistryJSON) throws(Mismatch) {
        name = try json.read("name")
        subject = try json.read("subject")
        version = try json.read("version")
    }
}
