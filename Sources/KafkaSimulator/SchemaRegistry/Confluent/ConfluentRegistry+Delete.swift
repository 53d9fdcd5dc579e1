import Bytes

extension ConfluentRegistry {
    /// DELETE /subjects/S?permanent=
    mutating func deleteSubject(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let subject = QualifiedSubject(values[0])
        let isPermanent = request.flag("permanent")
        let all = store.versions(of: subject, withDeleted: true)
        let alive = all.filter { !$0.entry.isDeleted }
        guard !all.isEmpty else { throw .subjectNotFound(values[0]) }
        guard isPermanent || !alive.isEmpty else { throw .subjectSoftDeleted(values[0]) }
        try checkWritable(subject)
        let doomed = isPermanent ? all : alive
        for (version, entry) in doomed {
            let key = SchemaStore.Key(subject: subject, version: version)
            guard store.referrers(to: key, withDeleted: isPermanent).allSatisfy({ $0.key.subject == subject }) else {
                throw .referenceExists(subject.text, version)
            }
            guard !isPermanent || entry.isDeleted else { throw .subjectNotSoftDeleted(values[0]) }
        }
        for (version, entry) in doomed { delete(SchemaStore.Key(subject: subject, version: version), entry, isPermanent, request) }
        if isPermanent { forgetLevels(of: subject) }
        return RegistryAnswer(.array(doomed.map { .integer($0.version) }))
    }

    /// DELETE /subjects/S/versions/V?permanent=
    mutating func deleteVersion(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let isPermanent = request.flag("permanent")
        let subject = QualifiedSubject(values[0])
        let (key, entry) = try find(values, withDeleted: true)
        guard isPermanent || !entry.isDeleted else {
            throw RegistryFailure(
                40406, "Subject '\(values[0])' Version \(key.version) was soft deleted.Set permanent=true to delete permanently")
        }
        try checkWritable(subject)
        guard store.referrers(to: key, withDeleted: isPermanent).isEmpty else { throw .referenceExists(subject.text, key.version) }
        guard !isPermanent || entry.isDeleted else { throw .versionNotSoftDeleted(values[0], ByteString(String(key.version))) }
        delete(key, entry, isPermanent, request)
        if isPermanent, store.versions(of: subject, withDeleted: true).isEmpty { forgetLevels(of: subject) }
        return RegistryAnswer(.integer(key.version))
    }

    private mutating func delete(_ key: SchemaStore.Key, _ entry: SchemaStore.Entry, _ isPermanent: Bool, _ request: RegistryRequest) {
        if isPermanent { return store.remove(key) }
        var deleted = entry
        deleted.isDeleted = true
        deleted.moment = request.moment
        store.put(deleted, at: key)
    }

    private mutating func forgetLevels(of subject: QualifiedSubject) {
        modes[subject] = nil
        configs[subject] = nil
    }
}
