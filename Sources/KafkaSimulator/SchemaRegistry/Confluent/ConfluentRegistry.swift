import Bytes

/// Confluent's registry, 8.3.1, community edition.
struct ConfluentRegistry: Sendable {
    typealias Route = RegistryRoute<ConfluentRegistry>

    var store = SchemaStore()
    /// By subject, by context (an empty name), and `.everything` for the global one.
    var configs: [QualifiedSubject: ConfluentConfig] = [:]
    var modes: [QualifiedSubject: ConfluentMode] = [:]
    var pages = RegistryPages()
    /// Whether it keeps rule sets: the community edition does not [seen].
    var keepsRuleSets = false
    /// The id of the cluster that it says it keeps its topic on.
    var kafkaCluster: ByteString = "simulated"

    static let notFound = RegistryFailure(status: 404, code: 404, message: "HTTP 404 Not Found")
    static let notAllowed = RegistryFailure(status: 405, code: 405, message: "HTTP 405 Method Not Allowed")

    mutating func answer(_ request: RegistryRequest) throws -> RegistryAnswer {
        try Self.routes.answer(&self, resolvingAlias(inContext(request)), notFound: Self.notFound, notAllowed: Self.notAllowed)
    }

    private static let routes: [Route] = [
        Route("GET", "") { _, _, _ in RegistryAnswer([:]) },
        Route("GET", "schemas/types") { _, _, _ in RegistryAnswer(["JSON", "PROTOBUF", "AVRO"]) },
        Route("GET", "contexts") { registry, _, _ in
            RegistryAnswer(.array(registry.store.contextNames.map { .text($0) }))
        },
        Route("GET", "v1/metadata/id") { registry, _, _ in
            RegistryAnswer([
                "scope": [
                    "path": [], "clusters": ["kafka-cluster": .text(registry.kafkaCluster), "schema-registry-cluster": "schema-registry"],
                ]
            ])
        },
        Route("GET", "v1/metadata/version") { _, _, _ in
            RegistryAnswer(["version": "8.3.1", "commitId": "simulated"])
        },
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
        Route("GET", "schemas/ids/*/schema") { try $0.bareSchema($1, $2) },
        Route("GET", "schemas/ids/*/subjects") { try $0.subjectsOfSchema($1, $2) },
        Route("GET", "schemas/ids/*/versions") { try $0.versionsOfSchema($1, $2) },
        Route("POST", "compatibility/subjects/*/versions") { try $0.checkCompatibility($1, $2) },
        Route("POST", "compatibility/subjects/*/versions/*") { try $0.checkCompatibility($1, $2) },
        Route("GET", "config") { try $0.config($1, $2) },
        Route("PUT", "config") { try $0.setConfig($1, $2) },
        Route("DELETE", "config") { try $0.deleteConfig($1, $2) },
        Route("GET", "config/*") { try $0.config($1, $2) },
        Route("PUT", "config/*") { try $0.setConfig($1, $2) },
        Route("DELETE", "config/*") { try $0.deleteConfig($1, $2) },
        Route("GET", "mode") { try $0.mode($1, $2) },
        Route("PUT", "mode") { try $0.setMode($1, $2) },
        Route("GET", "mode/*") { try $0.mode($1, $2) },
        Route("PUT", "mode/*") { try $0.setMode($1, $2) },
        Route("DELETE", "mode/*") { try $0.deleteMode($1, $2) },
    ]

    /// `/contexts/C/…` is `/…` with the subject qualified, or the context in the subject's place.
    private func inContext(_ request: RegistryRequest) -> RegistryRequest {
        guard request.path.count >= 3, request.path[0] == "contexts" else { return request }
        let context = QualifiedSubject(context: request.path[1], name: "").contextText
        var inner = request
        inner.path = Array(request.path.dropFirst(2))
        func qualify(_ place: Int) { if inner.path.count > place { inner.path[place] = context + inner.path[place] } }
        switch inner.path[0] {
        case "subjects" where inner.path.count == 1, "schemas" where inner.path.count == 1:
            inner.query["subjectPrefix"] = context + (inner.query["subjectPrefix"] ?? "")
        case "schemas": inner.query["subject"] = context + (inner.query["subject"] ?? "")
        case "subjects": qualify(1)
        case "compatibility": qualify(2)
        case "config", "mode":
            if inner.path.count == 1 { inner.path.append(context) } else { qualify(1) }
        default: break
        }
        return inner
    }

    /// A subject whose config names an alias is that other subject, wherever a path holds it behind `subjects` [seen].
    private func resolvingAlias(_ request: RegistryRequest) -> RegistryRequest {
        var resolved = request
        if let place = request.path.firstIndex(of: "subjects"), place + 1 < request.path.count,
            let alias = configs[QualifiedSubject(request.path[place + 1])]?.alias
        {
            resolved.path[place + 1] = alias
        }
        return resolved
    }

    // MARK: What several calls need

    /// The subject of a path, or of the query where the path has none.
    func scope(_ values: [ByteString]) -> QualifiedSubject { values.first.map { QualifiedSubject($0) } ?? .everything }

    /// - Parameter withDeleted: whether references may lead to what is soft-deleted.
    func reading(in context: ByteString, withDeleted: Bool) -> SchemaReading {
        let store = store
        return SchemaReading(style: .asWritten) { reference in
            let subject = QualifiedSubject(reference.subject, in: context)
            guard reference.version > 0 else { return store.versions(of: subject, withDeleted: false).last?.entry.schema }
            let entry = store[SchemaStore.Key(subject: subject, version: reference.version)]
            return entry.flatMap { withDeleted || !$0.isDeleted ? $0.schema : nil }
        }
    }

    /// The version that a path names. Throws 40401 or 40402.
    func find(_ values: [ByteString], withDeleted: Bool) throws(RegistryFailure) -> (key: SchemaStore.Key, entry: SchemaStore.Entry) {
        let subject = QualifiedSubject(values[0])
        let name = try VersionName(values[1])
        let versions = store.versions(of: subject, withDeleted: withDeleted)
        guard !versions.isEmpty else { throw .subjectNotFound(values[0]) }
        switch name {
        // Never one that is deleted [seen].
        case .latest:
            guard let latest = versions.last(where: { !$0.entry.isDeleted }) else { throw .versionNotFound(-1) }
            return (SchemaStore.Key(subject: subject, version: latest.version), latest.entry)
        case .number(let number):
            guard let found = versions.first(where: { $0.version == number }) else { throw .versionNotFound(number) }
            return (SchemaStore.Key(subject: subject, version: number), found.entry)
        }
    }
}

extension StoredSchema {
    /// The members that every answer with a schema has.
    var confluentMembers: [OrderedJSON.Member] {
        var members = [OrderedJSON.Member(name: "schemaType", value: .text(ByteString(type.rawValue)))]
        if !references.isEmpty { members.append(OrderedJSON.Member(name: "references", value: .array(references.map(\.json)))) }
        if let metadata { members.append(OrderedJSON.Member(name: "metadata", value: metadata)) }
        if let ruleSet { members.append(OrderedJSON.Member(name: "ruleSet", value: ruleSet)) }
        members.append(OrderedJSON.Member(name: "schema", value: .text(text)))
        return members
    }
}
