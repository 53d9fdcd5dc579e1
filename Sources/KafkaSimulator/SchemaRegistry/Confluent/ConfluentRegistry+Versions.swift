import Bytes

extension ConfluentRegistry {
    /// GET /subjects?subjectPrefix=&deleted=&deletedOnly=
    func listSubjects(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let prefix = SubjectPrefix(request.query["subjectPrefix"] ?? ":*:")
        var subjects = store.subjects(in: nil, withDeleted: request.flag("deleted") || request.flag("deletedOnly"))
        if request.flag("deletedOnly") {
            let alive = Set(store.subjects(in: nil, withDeleted: false))
            subjects.removeAll { alive.contains($0) }
        }
        return RegistryAnswer(.array(request.page(subjects.filter(prefix.matches).map { .text($0.text) }, atMost: request.longestPage)))
    }

    /// POST /subjects/S: the version that holds this very schema.
    func lookUp(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let subject = QualifiedSubject(values[0])
        let schema = try canonical(try registration(request).schema, subject: subject, withDeleted: true)
        let versions = store.versions(of: subject, withDeleted: request.flag("deleted"))
        guard !versions.isEmpty else { throw .subjectNotFound(values[0]) }
        // As in a registration, a schema without metadata takes that of the last version.
        var heir = schema
        if heir.metadata == nil { heir.metadata = versions.last { !$0.entry.isDeleted }?.entry.schema.ownMetadata }
        let found =
            versions.last { $0.entry.schema == schema } ?? versions.last { $0.entry.schema.isSameBesideVersion(as: schema) }
            ?? versions.last { $0.entry.schema.isSameBesideVersion(as: heir) }
        guard let found else { throw RegistryFailure(40403, "Schema not found") }
        return RegistryAnswer(
            .object(identity(SchemaStore.Key(subject: subject, version: found.version), found.entry) + found.entry.schema.confluentMembers))
    }

    /// GET /subjects/S/versions?deleted=&deletedOnly=
    func listVersions(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let withDeleted = request.flag("deleted") || request.flag("deletedOnly") || request.flag("deletedAsNegative")
        let versions = store.versions(of: QualifiedSubject(values[0]), withDeleted: withDeleted)
        guard !versions.isEmpty else { throw .subjectNotFound(values[0]) }
        let numbers: [Int]
        if request.flag("deletedAsNegative") {
            numbers = versions.map { $0.entry.isDeleted ? -$0.version : $0.version }
        } else {
            numbers = versions.filter { !request.flag("deletedOnly") || $0.entry.isDeleted }.map(\.version)
        }
        return RegistryAnswer(.array(request.page(numbers.map { .integer($0) })))
    }

    /// GET /subjects/S/versions/V?deleted=
    func version(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let (key, entry) = try find(values, withDeleted: request.flag("deleted"))
        return RegistryAnswer(full(key, entry))
    }

    /// GET /subjects/S/versions/V/schema
    func bareVersion(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        RegistryAnswer(text: try find(values, withDeleted: request.flag("deleted")).entry.schema.text)
    }

    /// GET /subjects/S/versions/V/referencedby: ids.
    func referencedBy(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let (key, _) = try find(values, withDeleted: true)
        let ids = Set(store.referrers(to: key, withDeleted: request.flag("deleted")).map(\.entry.id))
        return RegistryAnswer(.array(request.page(ids.sorted().map { .integer($0) })))
    }

    /// Subject, version, id and guid.
    private func identity(_ key: SchemaStore.Key, _ entry: SchemaStore.Entry) -> [OrderedJSON.Member] {
        [
            .init(name: "subject", value: .text(key.subject.text)), .init(name: "version", value: .integer(key.version)),
            .init(name: "id", value: .integer(entry.id)), .init(name: "guid", value: .text(entry.schema.guid)),
        ]
    }

    /// All that is known of a version.
    func full(_ key: SchemaStore.Key, _ entry: SchemaStore.Entry) -> OrderedJSON {
        .object(identity(key, entry) + entry.schema.confluentMembers + entry.history)
    }
}

extension SchemaStore.Entry {
    var history: [OrderedJSON.Member] {
        [
            .init(name: "ts", value: .integer(Int(moment.milliseconds))), .init(name: "deleted", value: .flag(isDeleted)),
        ]
    }
}

extension RegistryRequest {
    /// The part of a list that `offset` and `limit` ask for; a negative limit means all.
    func page(_ list: [OrderedJSON], atMost longest: Int = .max) -> [OrderedJSON] {
        let rest = list.dropFirst(max(0, number("offset", default: 0)))
        let limit = number("limit", default: -1)
        return Array(rest.prefix(min(limit < 0 ? .max : limit, longest)))
    }
}
