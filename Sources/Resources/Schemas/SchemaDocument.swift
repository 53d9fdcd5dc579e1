import Bytes
import SnapshotModel

/// One version of a subject, as a value.
///
/// Document: `{"deleted":false,"guid":"…","id":7,"metadata":{…},"references":[{"name":"…","subject":"…","version":1}],
/// "ruleSet":{…},"schema":"…","type":"AVRO"}`; id: `schema`, subject, version. `guid`, `metadata` and `ruleSet` stand only where the
/// registry has them; `id` only where it is to be kept.
struct SchemaDocument: Equatable {
    struct Reference: Hashable {
        var name: ByteString
        var subject: ByteString
        var version: Int64
    }

    var subject: ByteString
    var version: Int64
    var id: Int64?
    var type: ByteString
    var schema: ByteString
    var references: [Reference]
    var metadata: JSON?
    var ruleSet: JSON?
    var isDeleted: Bool

    init(_ document: Document) throws(MalformedDocument) { try self.init(id: document.id, body: document.body) }

    init(id key: ResourceID, body: JSON) throws(MalformedDocument) {
        let document = Document(id: key, body: body)
        guard key.parts.count == 3, key.parts[0] == SchemasKind.schema, let version = key.parts[2].validText.flatMap({ Int64($0) }),
            version > 0
        else { throw MalformedDocument(document, "its id is not schema, subject and version") }
        guard let type = body["type"]?.text, let schema = body["schema"]?.text else {
            throw MalformedDocument(document, "it has no type or no schema")
        }
        subject = key.parts[1]
        self.version = version
        self.type = type
        self.schema = schema
        id = body["id"]?.int64
        metadata = body["metadata"]
        ruleSet = body["ruleSet"]
        isDeleted = body["deleted"]?.bool ?? false
        references = []
        for reference in body["references"]?.array ?? [] {
            guard let name = reference["name"]?.text, let subject = reference["subject"]?.text, let version = reference["version"]?.int64
            else { throw MalformedDocument(document, "a reference lacks name, subject or version") }
            references.append(Reference(name: name, subject: subject, version: version))
        }
    }

    init(
        subject: ByteString, version: Int64, id: Int64?, type: ByteString, schema: ByteString, references: [Reference], metadata: JSON?,
        ruleSet: JSON?, isDeleted: Bool
    ) {
        self.subject = subject
        self.version = version
        self.id = id
        self.type = type
        self.schema = schema
        self.references = references
        self.metadata = metadata
        self.ruleSet = ruleSet
        self.isDeleted = isDeleted
    }

    var key: ResourceID { ResourceID(SchemasKind.schema, subject, ByteString("\(version)")) }

    /// `:.context:` in front of the subject's name; empty for the default context. Ids are per context.
    var context: ByteString { SchemasKind.context(of: subject) }

    var body: JSON {
        var fields: [ByteString: JSON] = [
            "type": .text(type), "schema": .text(schema), "deleted": .bool(isDeleted),
            "references": .array(
                references.map {
                    .object(["name": .text($0.name), "subject": .text($0.subject), "version": .integer($0.version)])
                }),
        ]
        if let id { fields["id"] = .integer(id) }
        if let metadata { fields["metadata"] = metadata }
        if let ruleSet { fields["ruleSet"] = ruleSet }
        return .object(fields)
    }

    var document: Document { Document(id: key, body: body) }
}
