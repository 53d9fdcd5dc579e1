import Bytes

extension ConfluentRegistry {
    /// What is to be registered or looked up, as the body says it.
    struct Registration {
        var schema: StoredSchema
        /// Only in IMPORT.
        var id: Int?
        /// 0: the next one.
        var version: Int
    }

    /// POST /subjects/S/versions
    mutating func register(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let subject = QualifiedSubject(values[0])
        guard !subject.name.isEmpty, !subject.name.hasPrefix("__") else {
            throw RegistryFailure(42208, "The specified subject '\(values[0])' is not a valid.")
        }
        var registration = try registration(request)
        registration.schema = try canonical(registration.schema, subject: subject, withDeleted: true)
        // What is there already is answered in any mode [seen].
        if let existing = existing(registration, in: subject) { return existing }
        try checkMode(of: subject, hasID: registration.id != nil)
        // Only who brings an id, and so restores, may refer to what is soft-deleted [seen].
        if registration.id == nil { _ = try canonical(registration.schema, subject: subject, withDeleted: false) }
        let isImport = modeInScope(of: subject) == .import

        let all = store.versions(of: subject, withDeleted: true)
        let next = (all.last?.version ?? 0) + 1
        let alive = all.filter { !$0.entry.isDeleted }
        if !isImport { inherit(&registration, from: alive.last?.entry.schema, next: next) }

        var id = registration.id
        if let known = store.id(of: registration.schema, in: subject.context), id == nil || id == known {
            if registration.version == 0, let version = alive.last(where: { $0.entry.id == known })?.version {
                return registered(registration.schema, id: known, version: version)
            }
            id = known
        }
        if registration.version == 0,
            let same = alive.last(where: {
                (id == nil || id == $0.entry.id) && $0.entry.schema.isSameBesideVersion(as: registration.schema)
            })
        {
            return registered(registration.schema, id: same.entry.id, version: same.version)
        }
        if !isImport { try checkAgainstEarlier(registration.schema, subject: subject, alive: alive.map { ($0.version, $0.entry.schema) }) }
        let version = registration.version > 0 ? registration.version : next
        guard isImport || version == next else {
            throw RegistryFailure(42201, "Version is not one more than previous version")
        }
        if let id { try checkNotTaken(id, by: registration.schema, in: subject) }
        let newID = id ?? store.greatestID(in: subject.context) + 1

        for old in all where old.entry.isDeleted && old.entry.id == newID && old.version < version {
            let key = SchemaStore.Key(subject: subject, version: old.version)
            if store.referrers(to: key, withDeleted: true).isEmpty { store.remove(key) }
        }
        store.put(
            SchemaStore.Entry(schema: registration.schema, id: newID, moment: request.moment),
            at: SchemaStore.Key(subject: subject, version: version))
        return registered(registration.schema, id: newID, version: version)
    }

    /// The answer where the subject holds this very schema, under the id and version that are asked for, if any are.
    private func existing(_ registration: Registration, in subject: QualifiedSubject) -> RegistryAnswer? {
        let same = store.versions(of: subject, withDeleted: false).filter { $0.entry.schema.isSameBesideVersion(as: registration.schema) }
        let found =
            registration.version == 0
            ? same.last { registration.id == nil || $0.entry.id == registration.id }
            : same.last { $0.entry.id == registration.id && $0.version == registration.version }
        return found.map { registered($0.entry.schema, id: $0.entry.id, version: $0.version) }
    }

    private func registered(_ schema: StoredSchema, id: Int, version: Int) -> RegistryAnswer {
        let members: [OrderedJSON.Member] = [
            .init(name: "id", value: .integer(id)), .init(name: "version", value: .integer(version)),
            .init(name: "guid", value: .text(schema.guid)),
        ]
        return RegistryAnswer(.object(members + schema.confluentMembers))
    }

    /// Reads a body with `schema`, `schemaType`, `references`, `metadata`, `id` and `version`. A `ruleSet` is dropped, as the
    /// community edition does [seen], unless it is told otherwise.
    func registration(_ request: RegistryRequest) throws(RegistryFailure) -> Registration {
        let body = try request.object()
        let typeName = body["schemaType"]?.asText?.description ?? SchemaType.avro.rawValue
        guard let type = SchemaType(rawValue: typeName) else {
            throw RegistryFailure(42201, "Invalid schema type \(typeName)")
        }
        guard let text = body["schema"]?.asText, !text.isEmpty else { throw RegistryFailure(42201, "Empty schema") }
        guard text.count < 1_000_000 else {
            throw RegistryFailure(42209, "Register operation failed because schema is too large")
        }
        var references: [StoredReference] = []
        for reference in body["references"]?.asArray ?? [] {
            guard let name = reference["name"]?.asText, let subject = reference["subject"]?.asText,
                let version = reference["version"]?.asInteger
            else { throw RegistryFailure(status: 422, code: 422, message: "Invalid reference") }
            references.append(StoredReference(name: name, subject: subject, version: version))
        }
        var metadata = body["metadata"]
        if metadata == .null || metadata?.asMembers?.isEmpty == true { metadata = nil }
        let id = body["id"]?.asInteger
        return Registration(
            schema: StoredSchema(
                type: type, text: text, references: references, metadata: metadata, ruleSet: keepsRuleSets ? body["ruleSet"] : nil),
            id: id.flatMap { $0 >= 0 ? $0 : nil }, version: body["version"]?.asInteger ?? 0)
    }

    /// The schema as kept. Throws 42201 where its text or a reference is broken.
    func canonical(_ schema: StoredSchema, subject: QualifiedSubject, withDeleted: Bool) throws(RegistryFailure) -> StoredSchema {
        do {
            return try reading(in: subject.context, withDeleted: withDeleted).canonical(schema)
        } catch {
            var raw = schema
            raw.metadata = nil
            let references = "[\(schema.references.map(\.javaText).joined(separator: ", "))]"
            let type = schema.type.rawValue
            throw RegistryFailure(
                42201,
                "Invalid schema of type \(type), details: Invalid schema {subject=\(subject.text),version=null,id=null,guid=\(raw.guid),"
                    + "schemaType=\(type),references=\(references),metadata=null,ruleSet=null,schema=\(schema.text),schemaTags=null,"
                    + "ts=null,deleted=null} with refs \(references) of type \(type), details: \(error.reason)")
        }
    }

    /// Outside IMPORT a schema without metadata takes that of the version before, and an explicit version is noted in it, and from then on
    /// each version [seen].
    private func inherit(_ registration: inout Registration, from previous: StoredSchema?, next: Int) {
        let inherits = registration.schema.metadata == nil
        if inherits { registration.schema.metadata = previous?.ownMetadata }
        guard registration.version != 0 || inherits && previous?.metadata != previous?.ownMetadata else { return }
        var members = registration.schema.metadata?.asMembers ?? []
        let note = OrderedJSON.Member(name: StoredSchema.versionProperty, value: .text(ByteString(String(next))))
        let place = members.firstIndex { $0.name == "properties" }
        let properties = (place.flatMap { members[$0].value.asMembers } ?? []) + [note]
        if let place {
            members[place].value = .object(properties)
        } else {
            members.append(OrderedJSON.Member(name: "properties", value: .object(properties)))
        }
        registration.schema.metadata = .object(members)
    }

    private func checkMode(of subject: QualifiedSubject, hasID: Bool) throws(RegistryFailure) {
        let mode = modeInScope(of: subject)
        try checkWritable(subject)
        let scope = "Subject \(subject.text) in context \(subject.contextText)"
        if hasID {
            guard mode == .import || mode == .forward else { throw RegistryFailure(42205, "\(scope) is not in import mode") }
        } else {
            guard mode == .readWrite else { throw RegistryFailure(42205, "\(scope) is not in read-write mode") }
        }
    }

    /// Throws 42205 where the subject is read-only.
    func checkWritable(_ subject: QualifiedSubject) throws(RegistryFailure) {
        guard [.readOnly, .readOnlyOverride].contains(modeInScope(of: subject)) else { return }
        throw RegistryFailure(42205, "Subject \(subject.text) in context \(subject.contextText) is in read-only mode")
    }

    private func checkNotTaken(_ id: Int, by schema: StoredSchema, in subject: QualifiedSubject) throws(RegistryFailure) {
        guard let holder = store.schema(of: id, in: subject.context), holder != schema else { return }
        throw RegistryFailure(42205, "Overwrite new schema with id \(id) in context \(subject.contextText) is not permitted.")
    }

    private func checkAgainstEarlier(
        _ schema: StoredSchema, subject: QualifiedSubject, alive: [(version: Int, schema: StoredSchema)]
    ) throws(RegistryFailure) {
        let level = levelInScope(of: subject)
        for old in level.isTransitive ? alive.reversed() : alive.suffix(1) {
            guard let details = details(schema, against: old, level: level, in: subject.context) else { continue }
            throw RegistryFailure(
                40901,
                "Schema being registered is incompatible with an earlier schema for subject \"\(subject.text)\", "
                    + "details: [\(details.joined(separator: ", "))]")
        }
    }
}
