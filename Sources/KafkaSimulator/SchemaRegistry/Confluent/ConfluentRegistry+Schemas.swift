import Bytes

extension ConfluentRegistry {
    /// GET /schemas?subjectPrefix=&deleted=&latestOnly=&offset=&limit=: without a prefix those of the default context [seen].
    func listSchemas(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let prefix = SubjectPrefix(request.query["subjectPrefix"] ?? "")
        let withDeleted = request.flag("deleted")
        var found: [OrderedJSON] = []
        for subject in store.subjects(in: nil, withDeleted: withDeleted) where prefix.matches(subject) {
            let versions = store.versions(of: subject, withDeleted: withDeleted)
            for (version, entry) in request.flag("latestOnly") ? versions.suffix(1) : versions[...] {
                found.append(full(SchemaStore.Key(subject: subject, version: version), entry))
            }
        }
        return RegistryAnswer(.array(request.page(found, atMost: request.longestPage)))
    }

    /// GET /schemas/ids/N?subject=&format=&fetchMaxId=: also what is soft-deleted, since records may still name the id.
    func schema(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let (key, entry) = try holder(request, values)
        var schema = entry.schema
        if request.query["format"] == "serialized", schema.type == .protobuf {
            schema.text = try ProtobufOutline.serialized(schema.text, style: .confluent)
        }
        var members: [OrderedJSON.Member] = [
            .init(name: "subject", value: .text(key.subject.text)), .init(name: "version", value: .integer(key.version)),
            .init(name: "guid", value: .text(entry.schema.guid)),
        ]
        members += schema.confluentMembers
        if request.flag("fetchMaxId") {
            members.append(.init(name: "maxId", value: .integer(store.greatestID(in: key.subject.context))))
        }
        return RegistryAnswer(.object(members + entry.history))
    }

    /// GET /schemas/ids/N/schema
    func bareSchema(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        RegistryAnswer(text: try holder(request, values).entry.schema.text)
    }

    /// GET /schemas/ids/N/subjects
    func subjectsOfSchema(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        RegistryAnswer(.array(request.page(try keys(request, values).map { .text($0.subject.text) })))
    }

    /// GET /schemas/ids/N/versions
    func versionsOfSchema(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let pairs = try keys(request, values).map { key -> OrderedJSON in
            ["subject": .text(key.subject.text), "version": .integer(key.version)]
        }
        return RegistryAnswer(.array(request.page(pairs)))
    }

    private func keys(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> [SchemaStore.Key] {
        let id = try id(values[0])
        guard let key = holder(of: id, for: request) else { throw RegistryFailure(40403, "Schema not found") }
        return store.holdersByHash(of: id, in: key.subject.context).filter { request.flag("deleted") || store[$0]?.isDeleted == false }
    }

    private func holder(
        _ request: RegistryRequest, _ values: [ByteString]
    ) throws(RegistryFailure) -> (key: SchemaStore.Key, entry: SchemaStore.Entry) {
        let id = try id(values[0])
        guard let key = holder(of: id, for: request), let entry = store[key] else { throw RegistryFailure(40403, "Schema \(id) not found") }
        return (key, entry)
    }

    /// The version that answers for an id. A subject in the query says whose it must be; one without a context may be any context's, and if
    /// none has the id, any subject of the default context answers [seen].
    private func holder(of id: Int, for request: RegistryRequest) -> SchemaStore.Key? {
        let subject = QualifiedSubject(request.query["subject"] ?? "")
        let holders = store.holders(of: id, in: subject.context)
        if subject.name.isEmpty { return holders.first }
        if let own = holders.first(where: { $0.subject == subject }) { return own }
        guard subject.context == QualifiedSubject.defaultContext else { return nil }
        let others = store.contextNames.lazy.flatMap { store.holders(of: id, in: $0) }
        return others.first { $0.subject.name == subject.name } ?? holders.first
    }

    private func id(_ text: ByteString) throws(RegistryFailure) -> Int {
        guard let id = Int32(text.description) else { throw Self.notFound }
        return Int(id)
    }
}
