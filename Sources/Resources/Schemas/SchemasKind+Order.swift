import Bytes
import SchemaRegistryClient
import SnapshotModel

extension SchemasKind {
    /// Each schema after those that it refers to, and each subject's versions in their order. Nil where that is impossible.
    static func referencesFirst(_ schemas: [SchemaDocument], known: Set<ResourceID>) -> [SchemaDocument]? {
        var left = schemas.sorted { ($0.subject, $0.version) < ($1.subject, $1.version) }
        var placed = known
        var ordered: [SchemaDocument] = []
        while !left.isEmpty {
            var waiting: [SchemaDocument] = []
            var held: Set<ByteString> = []
            for schema in left {
                if !held.contains(schema.subject), schema.referred.allSatisfy({ placed.contains($0) }) {
                    placed.insert(schema.key)
                    ordered.append(schema)
                } else {
                    held.insert(schema.subject)
                    waiting.append(schema)
                }
            }
            if waiting.count == left.count { return nil }
            left = waiting
        }
        return ordered
    }
}

extension SchemaDocument {
    /// What it refers to. A reference's subject without a context is meant within the context of the schema that refers.
    var referred: [ResourceID] {
        references.map { reference in
            let subject = reference.subject.hasPrefix(":.") ? reference.subject : SchemasKind.context(of: subject) + reference.subject
            return ResourceID(SchemasKind.schema, subject, ByteString("\(reference.version)"))
        }
    }
}

/// What cannot be registered any more because of what could not: later versions of the same subject, and whatever refers to one of them. What
/// has nothing to do with these can, for as long as the registry answers.
struct BlockedSchemas {
    private var keys: Set<ResourceID> = []
    private var subjects: Set<ByteString> = []
    /// Why nothing more is tried; nil while there is hope.
    private var stop: String?
    private var inARow = 0

    /// - Parameter error: what the registry said; nil where nothing of the kind can go well.
    mutating func fail(_ schema: SchemaDocument, _ error: RegistryError?) {
        skip(schema)
        guard let error, error.isOfOneCall else {
            stop = "an earlier schema could not be registered"
            return
        }
        // A refusal is about the schema; a failure may be about the registry, and each has been tried again before.
        inARow = error.isOutcomeUnknown || error.kind == .server ? inARow + 1 : 0
        if inARow == SchemasKind.failuresInARow { stop = "the registry was not asked any more: it had failed \(inARow) times in a row" }
    }

    mutating func skip(_ schema: SchemaDocument) {
        keys.insert(schema.key)
        subjects.insert(schema.subject)
    }

    mutating func succeed() { inARow = 0 }

    /// In words; nil where nothing is in its way. To be asked in the order of registering.
    func why(_ schema: SchemaDocument) -> String? {
        if let stop { return stop }
        if subjects.contains(schema.subject) { return "an earlier version of the subject could not be registered" }
        return schema.referred.contains(where: keys.contains) ? "a schema that it refers to could not be registered" : nil
    }
}
