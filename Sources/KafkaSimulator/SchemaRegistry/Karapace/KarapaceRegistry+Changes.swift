import Bytes

extension KarapaceRegistry {
    /// DELETE /subjects/S?permanent=
    mutating func deleteSubject(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let all = try versions(of: values[0], withDeleted: true)
        let alive = all.filter { !$0.entry.isDeleted }
        let isPermanent = request.flag("permanent")
        guard !isPermanent || alive.isEmpty else { throw .subjectNotSoftDeleted(values[0]) }
        guard isPermanent || !alive.isEmpty else { throw .subjectSoftDeleted(values[0]) }
        // Only what refers to the last version holds a subject [seen].
        for (version, _) in alive.suffix(1) where !referrers(to: values[0], version).isEmpty { throw .referenceExists(values[0], version) }
        if isPermanent {
            subjects[values[0]] = nil
            names.removeAll { $0 == values[0] }
        } else {
            change(values[0]) { subject in for (version, _) in alive { subject.versions[version]?.isDeleted = true } }
        }
        return RegistryAnswer(.array((isPermanent ? all : alive).map { .integer($0.version) }))
    }

    /// DELETE /subjects/S/versions/V?permanent=
    mutating func deleteVersion(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let found = try find(values, withDeleted: true)
        let isPermanent = request.flag("permanent")
        guard !isPermanent || found.entry.isDeleted else { throw .versionNotSoftDeleted(values[0], values[1]) }
        guard isPermanent || !found.entry.isDeleted else {
            throw RegistryFailure(
                40406, "Subject '\(values[0])' Version \(found.version) was soft deleted. Set permanent=true to delete permanently")
        }
        guard referrers(to: values[0], found.version).isEmpty else { throw .referenceExists(values[0], found.version) }
        change(values[0]) { subject in
            if isPermanent {
                subject.versions[found.version] = nil
            } else {
                subject.versions[found.version]?.isDeleted = true
            }
        }
        return RegistryAnswer(.integer(found.version))
    }

    /// GET /config[/S]?defaultToGlobal=
    func config(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        guard let name = values.first else { return RegistryAnswer(["compatibilityLevel": .text(ByteString(level.rawValue))]) }
        guard let subject = subjects[name] else { throw .subjectNotFound(name) }
        let found = subject.level ?? (request.flag("defaultToGlobal") ? level : nil)
        guard let found else { throw .levelNotConfigured(name) }
        return RegistryAnswer(["compatibilityLevel": .text(ByteString(found.rawValue))])
    }

    /// PUT /config[/S]: also of a subject that does not exist, which comes up by it [seen].
    mutating func setConfig(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let name = try request.object()["compatibility"]?.asText?.description ?? ""
        guard let level = RegistryLevel(rawValue: name) else { throw RegistryFailure(42203, RegistryLevel.invalidMessage) }
        if let subject = values.first {
            change(subject) { $0.level = level }
        } else {
            self.level = level
        }
        return RegistryAnswer(["compatibility": .text(ByteString(level.rawValue))])
    }

    /// DELETE /config/S: answers with the level that holds from now on [seen].
    mutating func deleteConfig(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        guard subjects[values[0]] != nil else { throw .subjectNotFound(values[0]) }
        change(values[0]) { $0.level = nil }
        return RegistryAnswer(["compatibility": .text(ByteString(level.rawValue))])
    }
}
