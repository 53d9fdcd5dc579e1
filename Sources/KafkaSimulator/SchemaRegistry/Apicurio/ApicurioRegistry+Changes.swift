import Bytes

extension ApicurioRegistry {
    /// POST /subjects/S/versions: metadata, rules, id and version in the body are taken without a word and dropped.
    mutating func register(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let schema = try schema(of: request)
        let subject = subjects[values[0]] ?? Subject()
        let alive = subject.sorted(withDeleted: false)
        if let same = try same(as: schema, among: alive) { return RegistryAnswer(["id": .integer(same.entry.id)]) }
        // A level that nobody set is not looked at, unlike Confluent's.
        if let level = subject.level ?? level {
            for old in level.isTransitive ? alive.reversed() : alive.suffix(1) {
                let found = level.check(schema, after: contents[old.entry.id - 1], reading: reading(), wording: .java)
                guard found.isEmpty else {
                    throw RegistryFailure(
                        status: 409, code: 409, message: "Incompatible artifact: \(values[0]) [\(schema.type.rawValue)]")
                }
            }
        }
        let id: Int
        if let known = contents.firstIndex(of: schema) {
            id = known + 1
        } else {
            contents.append(schema)
            id = contents.count
        }
        if subjects[values[0]] == nil { names.append(values[0]) }
        subjects[values[0], default: Subject()].versions[(subject.versions.keys.max() ?? 0) + 1] = Entry(id: id)
        return RegistryAnswer(["id": .integer(id)])
    }

    /// POST /subjects/S: the version that holds this very schema.
    func lookUp(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        guard let subject = subjects[values[0]] else { throw .subjectNotFound(values[0]) }
        let schema = try schema(of: request)
        guard let found = try same(as: schema, among: subject.sorted(withDeleted: request.flag("deleted"))) else {
            throw RegistryFailure(40403, "The given schema does not match any schema under the subject \(values[0])")
        }
        return RegistryAnswer(full(values[0], found.version, found.entry))
    }

    /// POST /compatibility/subjects/S/versions/V: here BACKWARD holds where nothing is set.
    func checkCompatibility(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let schema = try schema(of: request)
        let old = try find(values, withDeleted: false)
        let level = subjects[values[0]]?.level ?? level ?? .backward
        let found = level.check(schema, after: contents[old.entry.id - 1], reading: reading(), wording: .java)
        return RegistryAnswer(["is_compatible": .flag(found.isEmpty)])
    }

    /// By the text as it came, else by its canonical form.
    private func same(
        as schema: StoredSchema, among versions: [(version: Int, entry: Entry)]
    ) throws(RegistryFailure) -> (version: Int, entry: Entry)? {
        if let same = versions.last(where: { contents[$0.entry.id - 1] == schema }) { return same }
        let reading = reading()
        guard let canonical = try? reading.canonical(schema) else { return nil }
        return versions.last { (try? reading.canonical(contents[$0.entry.id - 1])) == canonical }
    }

    private func schema(of request: RegistryRequest) throws(RegistryFailure) -> StoredSchema {
        let body = try request.object()
        let typeName = body["schemaType"]?.asText?.description ?? SchemaType.avro.rawValue
        guard let type = SchemaType(rawValue: typeName), let text = body["schema"]?.asText else {
            throw RegistryFailure(42201, "Given schema is not from type: \(typeName)")
        }
        var references: [StoredReference] = []
        for reference in body["references"]?.asArray ?? [] {
            guard let name = reference["name"]?.asText, let subject = reference["subject"]?.asText,
                let version = reference["version"]?.asInteger, subjects[subject]?.versions[version] != nil
            else { throw RegistryFailure(42201, "Unresolved reference") }
            references.append(StoredReference(name: name, subject: subject, version: version))
        }
        let schema = StoredSchema(type: type, text: text, references: references)
        do {
            _ = try reading().canonical(schema)
        } catch {
            throw RegistryFailure(42201, error.reason)
        }
        return schema
    }

    /// DELETE /subjects/S?permanent=
    mutating func deleteSubject(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        guard let subject = subjects[values[0]] else { throw .subjectNotFound(values[0]) }
        let all = subject.sorted(withDeleted: true)
        for (version, _) in all where !referrers(to: values[0], version).isEmpty {
            throw RegistryFailure(42206, "There are subjects referencing \(values[0])")
        }
        if request.flag("permanent") {
            guard !subject.isActive else {
                throw RegistryFailure(status: 409, code: 40405, message: "Subject \(values[0]) must be soft deleted first")
            }
            subjects[values[0]] = nil
            names.removeAll { $0 == values[0] }
        } else {
            guard subject.isActive else { throw RegistryFailure(40404, "Subject \(values[0]) is in soft deleted state.") }
            for (version, _) in all { subjects[values[0]]?.versions[version]?.isDeleted = true }
        }
        return RegistryAnswer(.array(all.map { .integer($0.version) }))
    }

    /// DELETE /subjects/S/versions/V?permanent=
    mutating func deleteVersion(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let found = try find(values, withDeleted: true)
        guard referrers(to: values[0], found.version).isEmpty else {
            throw RegistryFailure(42206, "There are subjects referencing \(values[0])")
        }
        if request.flag("permanent") {
            guard found.entry.isDeleted else {
                throw RegistryFailure(
                    status: 409, code: 40407, message: "Subject \(values[0]) version \(values[1]) must be soft deleted first")
            }
            subjects[values[0]]?.versions[found.version] = nil
        } else {
            guard !found.entry.isDeleted else {
                throw RegistryFailure(status: 409, code: 40406, message: "Schema is already soft deleted")
            }
            subjects[values[0]]?.versions[found.version]?.isDeleted = true
        }
        return RegistryAnswer(.integer(found.version))
    }
}
