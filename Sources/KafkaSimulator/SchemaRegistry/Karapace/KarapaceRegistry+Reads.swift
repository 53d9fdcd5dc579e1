import Bytes

// Prefixes, pages and deletedOnly are ignored [seen].
extension KarapaceRegistry {
    /// GET /subjects?deleted=: with it also subjects that have nothing but a config [seen].
    func listSubjects(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let listed = names.filter { request.flag("deleted") || subjects[$0]?.sorted(withDeleted: false).isEmpty == false }
        return RegistryAnswer(.array(listed.map { .text($0) }))
    }

    /// GET /subjects/S/versions?deleted=
    func listVersions(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let versions = try versions(of: values[0], withDeleted: request.flag("deleted"))
        return RegistryAnswer(.array(versions.map { .integer($0.version) }))
    }

    /// GET /subjects/S/versions/V?deleted=
    func version(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let found = try find(values, withDeleted: request.flag("deleted"))
        return RegistryAnswer(full(values[0], found.version, found.entry))
    }

    /// GET /subjects/S/versions/V/schema
    func bareVersion(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        RegistryAnswer(text: schemas[try find(values, withDeleted: false).entry.id - 1].text)
    }

    /// GET /subjects/S/versions/V/referencedby: ids.
    func referencedBy(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let found = try find(values, withDeleted: false)
        return RegistryAnswer(.array(referrers(to: values[0], found.version).sorted().map { .integer($0) }))
    }

    /// GET /schemas?latestOnly=: never what is deleted [seen].
    func listSchemas(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        var found: [OrderedJSON] = []
        for name in names {
            let versions = subjects[name]?.sorted(withDeleted: false) ?? []
            for (version, entry) in request.flag("latestOnly") ? versions.suffix(1) : versions[...] {
                let schema = schemas[entry.id - 1]
                found.append([
                    "subject": .text(name), "schema": .text(schema.text), "version": .integer(version), "id": .integer(entry.id),
                    "schemaType": .text(ByteString(schema.type.rawValue)),
                    "references": schema.references.isEmpty ? .null : .array(schema.references.map(\.json)),
                ])
            }
        }
        return RegistryAnswer(.array(found))
    }

    /// GET /schemas/ids/N?format=&fetchMaxId=
    func schema(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        var schema = try schema(withID: values[0])
        if request.query["format"] == "serialized", schema.type == .protobuf {
            schema.text = try ProtobufOutline.serialized(schema.text, style: .karapace)
        }
        var members = schema.karapaceMembers
        if request.flag("fetchMaxId") { members.append(.init(name: "maxId", value: .integer(schemas.count))) }
        return RegistryAnswer(.object(members))
    }

    /// GET /schemas/ids/N/versions
    func versionsOfSchema(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        // Of an id that is not there there are no versions [seen].
        let id = Int(values[0].description)
        var found: [OrderedJSON] = []
        for name in names {
            for (version, entry) in subjects[name]?.sorted(withDeleted: false) ?? [] where entry.id == id {
                found.append(["subject": .text(name), "version": .integer(version)])
            }
        }
        return RegistryAnswer(.array(found))
    }

    private func schema(withID text: ByteString) throws(RegistryFailure) -> StoredSchema {
        guard let id = Int(text.description) else { throw RegistryFailure(status: 404, code: 404, message: "HTTP 404 Not Found") }
        guard schemas.indices.contains(id - 1) else { throw RegistryFailure(40403, "Schema not found") }
        return schemas[id - 1]
    }

    func full(_ name: ByteString, _ version: Int, _ entry: Entry) -> OrderedJSON {
        let identity: [OrderedJSON.Member] = [
            .init(name: "subject", value: .text(name)), .init(name: "version", value: .integer(version)),
            .init(name: "id", value: .integer(entry.id)),
        ]
        return .object(identity + schemas[entry.id - 1].karapaceMembers)
    }
}
