import Bytes

extension KarapaceRegistry {
    /// POST /subjects/S/versions. An id or version in the body is ignored and answered with 200 and the id that was taken [seen].
    mutating func register(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let raw = try schema(of: request)
        guard !values[0].bytes.contains(where: { $0 < 0x20 }) else {
            throw RegistryFailure(42208, "The specified subject '\(values[0])' is not a valid.")
        }
        let schema = try canonical(raw)
        let subject = subjects[values[0]] ?? Subject()
        let alive = subject.sorted(withDeleted: false)
        if let same = alive.last(where: { schemas[$0.entry.id - 1] == schema }) { return RegistryAnswer(["id": .integer(same.entry.id)]) }

        let level = subject.level ?? level
        for old in level.isTransitive ? alive.reversed() : alive.suffix(1) {
            let found = incompatibilities(schema, after: schemas[old.entry.id - 1], level)
            guard found.isEmpty else {
                throw RegistryFailure(
                    status: 409, code: 409,
                    message: "Incompatible schema, compatibility_mode=\(level.rawValue). "
                        + "Incompatibilities: \(found.joined(separator: ", "))")
            }
        }
        let id: Int
        if let known = schemas.firstIndex(of: schema) {
            id = known + 1
        } else {
            schemas.append(schema)
            id = schemas.count
        }
        change(values[0]) { $0.versions[($0.versions.keys.max() ?? 0) + 1] = Entry(id: id) }
        return RegistryAnswer(["id": .integer(id)])
    }

    /// POST /subjects/S: the version that holds this very schema.
    func lookUp(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let versions = try versions(of: values[0], withDeleted: request.flag("deleted"))
        let schema = try canonical(try schema(of: request))
        guard let found = versions.last(where: { schemas[$0.entry.id - 1] == schema }) else {
            throw RegistryFailure(40403, "Schema not found")
        }
        return RegistryAnswer(full(values[0], found.version, found.entry))
    }

    /// POST /compatibility/subjects/S/versions/V
    func checkCompatibility(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let schema = try canonical(try schema(of: request))
        let old = try find(values, withDeleted: false)
        let level = subjects[values[0]]?.level ?? level
        let found = incompatibilities(schema, after: schemas[old.entry.id - 1], level)
        guard !found.isEmpty else { return RegistryAnswer(["is_compatible": true]) }
        return RegistryAnswer(["is_compatible": false, "messages": .array(found.map { .text(ByteString($0)) })])
    }

    private func incompatibilities(_ schema: StoredSchema, after old: StoredSchema, _ level: RegistryLevel) -> [String] {
        guard level == .none || schema.type == old.type else {
            return ["Comparing different schema types: \(old.type.karapaceName) with \(schema.type.karapaceName)"]
        }
        return level.check(schema, after: old, reading: reading(withDeleted: true), wording: .karapace).map(\.detail)
    }

    /// Reads `schema`, `schemaType` and `references`; all else in the body is dropped without a word [seen].
    private func schema(of request: RegistryRequest) throws(RegistryFailure) -> StoredSchema {
        let body = try request.object()
        let typeName = body["schemaType"]?.asText?.description ?? SchemaType.avro.rawValue
        guard let type = SchemaType(rawValue: typeName) else {
            throw RegistryFailure(status: 422, code: 422, message: "Invalid schemaType \(typeName)")
        }
        guard let text = body["schema"]?.asText, !text.isEmpty else { throw RegistryFailure(42201, "Empty schema") }
        var references: [StoredReference] = []
        for reference in body["references"]?.asArray ?? [] {
            guard let name = reference["name"]?.asText, let subject = reference["subject"]?.asText,
                let version = reference["version"]?.asInteger
            else { throw RegistryFailure(status: 422, code: 422, message: "Invalid references") }
            references.append(StoredReference(name: name, subject: subject, version: version))
        }
        guard type != .json || references.isEmpty else {
            throw RegistryFailure(status: 422, code: 44302, message: "Schema references are not supported for 'JSON' schema type")
        }
        return StoredSchema(type: type, text: text, references: references)
    }

    private func canonical(_ schema: StoredSchema) throws(RegistryFailure) -> StoredSchema {
        do {
            return try reading(withDeleted: false).canonical(schema)
        } catch {
            let references = "[\(schema.references.map(\.javaText).joined(separator: ", "))]"
            let type = schema.type.rawValue
            throw RegistryFailure(
                42201,
                "Invalid \(type) schema. Error: Invalid schema \(schema.text) with refs \(references) of type \(schema.type.karapaceName)")
        }
    }
}

extension SchemaType {
    /// As Karapace's messages call it.
    fileprivate var karapaceName: String { "SchemaType.\(self == .json ? "JSONSCHEMA" : rawValue)" }
}
