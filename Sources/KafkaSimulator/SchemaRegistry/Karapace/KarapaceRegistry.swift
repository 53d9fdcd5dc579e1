import Bytes

/// Karapace 6.2: one context, ids that are never given away again, no modes, and silence about much that it does not know.
struct KarapaceRegistry: Sendable {
    typealias Route = RegistryRoute<KarapaceRegistry>

    struct Entry: Sendable {
        var id: Int
        var isDeleted = false
    }

    struct Subject: Sendable {
        var level: RegistryLevel?
        var versions: [Int: Entry] = [:]

        func sorted(withDeleted: Bool) -> [(version: Int, entry: Entry)] {
            versions.filter { withDeleted || !$0.value.isDeleted }.sorted { $0.key < $1.key }.map { (version: $0.key, entry: $0.value) }
        }
    }

    /// In the order in which they came up: listings keep it [seen].
    var names: [ByteString] = []
    var subjects: [ByteString: Subject] = [:]
    /// By id − 1.
    var schemas: [StoredSchema] = []
    var level = RegistryLevel.backward

    static let notFound = RegistryFailure(status: 404, body: "Not Found")
    static let notAllowed = RegistryFailure(status: 405, body: "Method Not Allowed")

    mutating func answer(_ request: RegistryRequest) throws -> RegistryAnswer {
        try Self.routes.answer(&self, request, notFound: Self.notFound, notAllowed: Self.notAllowed)
    }

    private static let routes: [Route] = [
        Route("GET", "") { _, _, _ in RegistryAnswer([:]) },
        Route("GET", "schemas/types") { _, _, _ in RegistryAnswer(["JSON", "AVRO", "PROTOBUF"]) },
        Route("GET", "subjects") { try $0.listSubjects($1, $2) },
        Route("POST", "subjects/*") { try $0.lookUp($1, $2) },
        Route("DELETE", "subjects/*") { try $0.deleteSubject($1, $2) },
        Route("GET", "subjects/*/versions") { try $0.listVersions($1, $2) },
        Route("POST", "subjects/*/versions") { try $0.register($1, $2) },
        Route("GET", "subjects/*/versions/*") { try $0.version($1, $2) },
        Route("DELETE", "subjects/*/versions/*") { try $0.deleteVersion($1, $2) },
        Route("GET", "subjects/*/versions/*/schema") { try $0.bareVersion($1, $2) },
        Route("GET", "subjects/*/versions/*/referencedby") { try $0.referencedBy($1, $2) },
        Route("GET", "schemas") { try $0.listSchemas($1, $2) },
        Route("GET", "schemas/ids/*") { try $0.schema($1, $2) },
        Route("GET", "schemas/ids/*/versions") { try $0.versionsOfSchema($1, $2) },
        Route("POST", "compatibility/subjects/*/versions/*") { try $0.checkCompatibility($1, $2) },
        Route("GET", "config") { try $0.config($1, $2) },
        Route("PUT", "config") { try $0.setConfig($1, $2) },
        Route("GET", "config/*") { try $0.config($1, $2) },
        Route("PUT", "config/*") { try $0.setConfig($1, $2) },
        Route("DELETE", "config/*") { try $0.deleteConfig($1, $2) },
        Route("GET", "mode") { _, _, _ in RegistryAnswer(["mode": "READWRITE"]) },
        Route("GET", "mode/*") { registry, _, values in
            guard registry.subjects[values[0]] != nil else { throw RegistryFailure.subjectNotFound(values[0]) }
            return RegistryAnswer(["mode": "READWRITE"])
        },
    ]

    // MARK: What several calls need

    /// A subject's name comes up at its first version, or its first config.
    mutating func change(_ name: ByteString, _ change: (inout Subject) -> Void) {
        if subjects[name] == nil { names.append(name) }
        change(&subjects[name, default: Subject()])
    }

    /// - Parameter withDeleted: whether references may lead to what is soft-deleted.
    func reading(withDeleted: Bool) -> SchemaReading {
        let (subjects, schemas) = (subjects, schemas)
        return SchemaReading(style: .sorted) { reference in
            guard let subject = subjects[reference.subject] else { return nil }
            let entry = reference.version > 0 ? subject.versions[reference.version] : subject.sorted(withDeleted: false).last?.entry
            return entry.flatMap { withDeleted || !$0.isDeleted ? schemas[$0.id - 1] : nil }
        }
    }

    /// The versions of a subject. Throws 40401 where there are none.
    func versions(of name: ByteString, withDeleted: Bool) throws(RegistryFailure) -> [(version: Int, entry: Entry)] {
        let versions = subjects[name]?.sorted(withDeleted: withDeleted) ?? []
        guard !versions.isEmpty else { throw .subjectNotFound(name) }
        return versions
    }

    /// The version that a path names. Throws 40401 or 40402.
    func find(_ values: [ByteString], withDeleted: Bool) throws(RegistryFailure) -> (version: Int, entry: Entry) {
        let name = try VersionName(values[1])
        guard let subject = subjects[values[0]] else { throw .subjectNotFound(values[0]) }
        let versions = subject.sorted(withDeleted: withDeleted)
        switch name {
        case .latest:
            guard let latest = versions.last else { throw .subjectNotFound(values[0]) }
            return latest
        case .number(let number):
            guard let found = versions.first(where: { $0.version == number }) else { throw .versionNotFound(number) }
            return found
        }
    }

    /// The ids of the schemas that refer to a version, soft-deleted or not [seen].
    func referrers(to name: ByteString, _ version: Int) -> Set<Int> {
        var ids: Set<Int> = []
        for subject in subjects.values {
            for entry in subject.versions.values {
                let refers = schemas[entry.id - 1].references.contains { $0.subject == name && $0.version == version }
                if refers { ids.insert(entry.id) }
            }
        }
        return ids
    }
}

extension StoredSchema {
    /// The members that most answers with a schema have: Avro goes without saying.
    var karapaceMembers: [OrderedJSON.Member] {
        var members = [OrderedJSON.Member(name: "schema", value: .text(text))]
        if !references.isEmpty { members.append(OrderedJSON.Member(name: "references", value: .array(references.map(\.json)))) }
        if type != .avro { members.append(OrderedJSON.Member(name: "schemaType", value: .text(ByteString(type.rawValue)))) }
        return members
    }
}
