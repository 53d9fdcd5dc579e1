import Bytes

/// The languages that both registries speak.
enum SchemaType: String, CaseIterable {
    case avro = "AVRO"
    case json = "JSON"
    case protobuf = "PROTOBUF"
}

/// A schema's pointer to another one: `name` is what the text calls it.
struct StoredReference: Hashable {
    var name: ByteString
    var subject: ByteString
    var version: Int

    var json: OrderedJSON { ["name": .text(name), "subject": .text(subject), "version": .integer(version)] }

    /// As Java's records print themselves in messages.
    var javaText: String { "{name='\(name)', subject='\(subject)', version=\(version)}" }
}

/// What a version of a subject holds.
struct StoredSchema: Hashable {
    var type: SchemaType
    var text: ByteString
    var references: [StoredReference] = []
    /// `{"properties": {…}, …}`, only Confluent's registry keeps it.
    var metadata: OrderedJSON?
    /// `{"domainRules": […], …}`, only Confluent's registry with a licence keeps it.
    var ruleSet: OrderedJSON?

    /// What decides whether two registrations are the same schema.
    var identity: ByteString { ByteString(bytes: hashed) }

    /// The MD5 of text, references and metadata as a UUID. Exactly the real one where there is no metadata [seen].
    var guid: ByteString {
        let hex = MD5.digest(hashed).hex
        let cuts = [0, 8, 12, 16, 20, 32]
        let parts = zip(cuts, cuts.dropFirst()).map { String(hex.dropFirst($0).prefix($1 - $0)) }
        return ByteString(parts.joined(separator: "-"))
    }

    private var hashed: [UInt8] {
        var bytes = text.bytes
        for reference in references {
            bytes += reference.name.bytes + reference.subject.bytes
            bytes += (0..<4).reversed().map { UInt8(truncatingIfNeeded: reference.version >> (8 * $0)) }
        }
        if let metadata { bytes += metadata.compact(.sorted).bytes }
        if let ruleSet { bytes += ruleSet.compact(.sorted).bytes }
        return bytes
    }

    /// Metadata without what the registry itself wrote into it.
    var ownMetadata: OrderedJSON? {
        guard let members = metadata?.asMembers else { return nil }
        var own: [OrderedJSON.Member] = []
        for var member in members {
            if member.name == "properties", let properties = member.value.asMembers {
                let kept = properties.filter { $0.name != Self.versionProperty }
                if kept.isEmpty { continue }
                member.value = .object(kept)
            }
            own.append(member)
        }
        return own.isEmpty ? nil : .object(own)
    }

    static let versionProperty: ByteString = "confluent:version"

    /// Equal but for what the registry itself wrote into the metadata.
    func isSameBesideVersion(as other: StoredSchema) -> Bool {
        type == other.type && text == other.text && references == other.references && ownMetadata == other.ownMetadata
            && ruleSet == other.ruleSet
    }
}
