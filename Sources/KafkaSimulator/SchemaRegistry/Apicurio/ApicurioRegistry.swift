import Bytes

/// Apicurio Registry's interface for Confluent's clients (`/apis/ccompat/v7`), as its documentation and source of August 2026 describe
/// it: one group of artifacts, ids that are those of contents, modes that are kept and have no effect, levels that are rules.
struct ApicurioRegistry: Sendable {
    typealias Route = RegistryRoute<ApicurioRegistry>

    struct Entry: Sendable {
        var id: Int
        /// `DISABLED`.
        var isDeleted = false
    }

    struct Subject: Sendable {
        var level: RegistryLevel?
        var versions: [Int: Entry] = [:]

        func sorted(withDeleted: Bool) -> [(version: Int, entry: Entry)] {
            versions.filter { withDeleted || !$0.value.isDeleted }.sorted { $0.key < $1.key }.map { (version: $0.key, entry: $0.value) }
        }
        /// Of one that has nothing but deleted versions most calls say that it is not there.
        var isActive: Bool { versions.values.contains { !$0.isDeleted } }
    }

    static let basePath: [ByteString] = ["apis", "ccompat", "v7"]
    /// `apicurio.ccompat.max-subjects`.
    static let page = 1_000

    /// In the order in which they came up: pages are cut by it.
    var names: [ByteString] = []
    var subjects: [ByteString: Subject] = [:]
    /// By id − 1.
    var contents: [StoredSchema] = []
    var level: RegistryLevel?
    var mode: ByteString = "READWRITE"
    var modes: [ByteString: ByteString] = [:]

    static let notFound = RegistryFailure(status: 404, body: ["error_code": 0, "message": "HTTP 404 Not Found"])
    static let notAllowed = RegistryFailure(status: 405, body: ["error_code": 0, "message": "HTTP 405 Method Not Allowed"])

    mutating func answer(_ request: RegistryRequest) throws -> RegistryAnswer {
        guard request.path.starts(with: Self.basePath) else { throw Self.notFound }
        var inner = request
        inner.path = Array(request.path.dropFirst(Self.basePath.count))
        return try Self.routes.answer(&self, inner, notFound: Self.notFound, notAllowed: Self.notAllowed)
    }

    private static let routes: [Route] = [
        Route("GET", "schemas/types") { _, _, _ in RegistryAnswer(["JSON", "PROTOBUF", "AVRO"]) },
        Route("GET", "contexts") { _, _, _ in RegistryAnswer([":.:"]) },
        Route("GET", "subjects") { try $0.listSubjects($1, $2) },
        Route("POST", "subjects/*") { try $0.lookUp($1, $2) },
        Route("DELETE", "subjects/*") { try $0.deleteSubject($1, $2) },
        Route("GET", "subjects/*/versions") { try $0.listVersions($1, $2) },
        Route("POST", "subjects/*/versions") { try $0.register($1, $2) },
        Route("GET", "subjects/*/versions/*") { try $0.version($1, $2) },
        Route("DELETE", "subjects/*/versions/*") { try $0.deleteVersion($1, $2) },
        Route("GET", "subjects/*/versions/*/referencedby") { try $0.referencedBy($1, $2) },
        Route("GET", "schemas") { try $0.listSchemas($1, $2) },
        Route("GET", "schemas/ids/*") { try $0.schema($1, $2) },
        Route("GET", "schemas/ids/*/versions") { try $0.versionsOfSchema($1, $2) },
        Route("GET", "schemas/ids/*/subjects") { try $0.subjectsOfSchema($1, $2) },
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

    // MARK: What several calls need

    func reading() -> SchemaReading {
        let (subjects, contents) = (subjects, contents)
        return SchemaReading(style: .sorted) { reference in
            subjects[reference.subject]?.versions[reference.version].map { contents[$0.id - 1] }
        }
    }

    /// The version that a path names. Throws 40401 or 40402.
    func find(_ values: [ByteString], withDeleted: Bool) throws(RegistryFailure) -> (version: Int, entry: Entry) {
        guard let subject = subjects[values[0]] else { throw .subjectNotFound(values[0]) }
        let versions = subject.sorted(withDeleted: withDeleted)
        switch try VersionName(values[1]) {
        case .latest:
            guard let latest = subject.sorted(withDeleted: false).last else { throw RegistryFailure(40402, "Version latest not found.") }
            return latest
        case .number(let number):
            guard let found = versions.first(where: { $0.version == number }) else { throw .versionNotFound(number) }
            return found
        }
    }

    /// The ids of the contents that refer to a version.
    func referrers(to name: ByteString, _ version: Int) -> Set<Int> {
        Set(
            contents.indices.filter { index in
                contents[index].references.contains { $0.subject == name && $0.version == version }
            }.map { $0 + 1 })
    }

    /// Avro's texts without white space; the others as they came.
    static func members(_ schema: StoredSchema) -> [OrderedJSON.Member] {
        var text = schema.text
        if schema.type == .avro, let document = try? OrderedJSON(parsing: text.bytes) { text = document.compact() }
        var members = [OrderedJSON.Member(name: "schema", value: .text(text))]
        if schema.type != .avro { members.append(.init(name: "schemaType", value: .text(ByteString(schema.type.rawValue)))) }
        if !schema.references.isEmpty { members.append(.init(name: "references", value: .array(schema.references.map(\.json)))) }
        return members
    }

    func full(_ name: ByteString, _ version: Int, _ entry: Entry) -> OrderedJSON {
        let identity: [OrderedJSON.Member] = [
            .init(name: "subject", value: .text(name)), .init(name: "version", value: .integer(version)),
            .init(name: "id", value: .integer(entry.id)),
        ]
        return .object(identity + Self.members(contents[entry.id - 1]))
    }
}
