public import Bytes
public import SnapshotModel

/// The schema registry: versions with their ids, types and references, compatibility levels and modes.
///
/// Document ids: `schema`, subject, version; `compatibility` and `mode`, alone for the registry's own and with a subject for a
/// subject's.
public struct SchemasKind: Kind {
    static let schema: ByteString = "schema"
    static let compatibility: ByteString = "compatibility"
    static let mode: ByteString = "mode"

    /// Actions of steps: the first versions of a subject, further ones of a subject that was begun, a soft deletion that is due.
    static let register = "register"
    static let add = "add"
    static let delete = "delete"
    /// Of what an earlier restore changed for the time of its work, and was killed at.
    static let putBackMode = "put back mode"
    static let putBackCompatibility = "put back compatibility"

    public init() {}

    public var name: KindName { .schemas }
    public var stage: Stage { .schemas }
    public var resumes: Bool { true }

    /// The subject; of what belongs to the whole registry, nothing.
    public func operatorName(of id: ResourceID) -> ByteString { id.parts.count > 1 ? id.parts[1] : "" }

    /// `:.name:` of a qualified subject, or nothing.
    static func context(of subject: ByteString) -> ByteString {
        guard subject.hasPrefix(":."), let end = subject.bytes.dropFirst(2).firstIndex(of: UInt8(ascii: ":")) else { return "" }
        return ByteString(bytes: subject.bytes[...end])
    }

    /// An expected document without an id is met by any id. Registries that keep schemas as JSON give Avro and JSON schemas
    /// back with other white space or order of keys: the same schema, so it is compared as JSON.
    public func satisfies(_ observed: Document, _ expected: Document) -> Bool {
        if observed == expected { return true }
        guard var found = observed.body.object, let wanted = expected.body.object, observed.id == expected.id else { return false }
        if wanted["id"] == nil { found["id"] = nil }
        if found["schema"] != wanted["schema"], wanted["type"]?.text != "PROTOBUF",
            let one = found["schema"]?.text, let other = wanted["schema"]?.text, Self.isSameJSON(one, other)
        {
            found["schema"] = wanted["schema"]
        }
        return found == wanted
    }

    static func isSameJSON(_ one: ByteString, _ other: ByteString) -> Bool {
        guard let left = try? JSON.parse(one.bytes), let right = try? JSON.parse(other.bytes) else { return one == other }
        return left == right
    }
}
