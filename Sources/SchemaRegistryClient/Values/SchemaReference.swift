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
        .object(["name": .string(name.description), "subject": .string(subject.description), "version": .integer(Int64(version))])
    }
}

extension SchemaReference: Decodable {
    private enum Member: CodingKey { case name, subject, version }

    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        name = ByteString(try members.decode(String.self, forKey: .name))
        subject = ByteString(try members.decode(String.self, forKey: .subject))
        version = try members.decode(Int32.self, forKey: .version)
    }
}
