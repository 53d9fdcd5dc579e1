public import Bytes

extension SchemaRegistryClient {
    /// The schema under an id, soft-deleted or not.
    /// - Parameter subject: a subject, or `:.context:`, in whose context the id counts; nil for the default context.
    ///
    /// Throws kind `notFound` (40403) where there is none.
    public func schema(_ id: Int32, in subject: ByteString? = nil) async throws(RegistryError) -> Schema {
        try await call(RegistryCall("GET", ["schemas", "ids", ByteString(String(id))], query: Self.scope(subject)))
    }

    /// The versions under an id that are not deleted. Where one text was registered under two ids in one context, Confluent's registry
    /// gives those of the last id for both [seen].
    public func versions(ofSchema id: Int32, in subject: ByteString? = nil) async throws(RegistryError) -> [SchemaVersionName] {
        try await call(RegistryCall("GET", ["schemas", "ids", ByteString(String(id)), "versions"], query: Self.scope(subject)))
    }

    /// The subjects under an id. Throws kind `unsupported` where the registry does not know this call.
    public func subjects(ofSchema id: Int32, in subject: ByteString? = nil) async throws(RegistryError) -> [ByteString] {
        let names: [String] = try await call(
            RegistryCall("GET", ["schemas", "ids", ByteString(String(id)), "subjects"], query: Self.scope(subject)))
        return names.map { ByteString($0) }
    }

    /// All versions of all contexts in one call, as far as the registry gives them so: Karapace leaves out what is soft-deleted [seen].
    public func schemas(withDeleted: Bool = false) async throws(RegistryError) -> [SchemaVersion] {
        try await listing(withDeleted: withDeleted).elements
    }

    func listing(withDeleted: Bool) async throws(RegistryError) -> List<SchemaVersion> {
        try await list(["schemas"], query: [("subjectPrefix", ":*:")] + Self.deleted(withDeleted))
    }

    /// Registers a schema. Where the subject already holds it, that version is the outcome and nothing changes.
    /// - Parameter normalize: whether the registry may bring the text into a form of its own first.
    ///
    /// Throws kind `conflict` (incompatible), or `refused`: 42201 (broken, or a reference is missing), 42205 (the mode forbids it, or the id is
    /// taken).
    public func register(
        _ registration: Registration, under subject: ByteString, normalize: Bool = false
    ) async throws(RegistryError) -> RegistrationOutcome {
        try Self.check(registration.schema)
        return try await call(
            RegistryCall(
                "POST", ["subjects", subject, "versions"], query: normalize ? [("normalize", "true")] : [], body: registration.json))
    }

    /// The version of a subject that holds this very schema; nil where none does.
    public func lookUp(_ schema: Schema, in subject: ByteString, withDeleted: Bool = false) async throws(RegistryError) -> SchemaVersion? {
        try Self.check(schema)
        do throws(RegistryError) {
            return try await call(
                RegistryCall(
                    "POST", ["subjects", subject], query: Self.deleted(withDeleted), body: .object(schema.members), isQuestion: true))
        } catch  where error.kind == .notFound {
            return nil
        }
    }

    /// Whether a schema could follow a version at the subject's level. Throws kind `notFound` (40402) where there is no such version.
    public func isCompatible(_ schema: Schema, with version: Int32, of subject: ByteString) async throws(RegistryError) -> Bool {
        struct Answer: RegistryReadable {
            let isCompatible: Bool
            init(_ json: RegistryJSON) throws(Mismatch) { isCompatible = try json.read("is_compatible") }
        }
        try Self.check(schema)
        let answer: Answer = try await call(
            RegistryCall(
                "POST", ["compatibility", "subjects", subject, "versions", ByteString(String(version))], body: .object(schema.members),
                isQuestion: true))
        return answer.isCompatible
    }

    private static func scope(_ subject: ByteString?) -> [(name: String, value: ByteString)] { subject.map { [("subject", $0)] } ?? [] }

    private static func check(_ schema: Schema) throws(RegistryError) {
        guard schema.text.validText != nil else {
            throw .configuration("a schema's text is not UTF-8", hint: "A registry cannot hold it: check the snapshot.")
        }
    }
}
