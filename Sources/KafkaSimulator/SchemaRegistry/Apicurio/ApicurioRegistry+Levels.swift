import Bytes

extension ApicurioRegistry {
    /// GET /config[/S]?defaultToGlobal=: where nothing is set it says NONE, whatever `defaultToGlobal` says.
    func config(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        guard let name = values.first else { return Self.answer("compatibilityLevel", level) }
        guard let subject = subjects[name] else { throw .subjectNotFound(name) }
        return Self.answer("compatibilityLevel", subject.level ?? (request.flag("defaultToGlobal") ? level : nil))
    }

    private static func answer(_ member: ByteString, _ level: RegistryLevel?) -> RegistryAnswer {
        RegistryAnswer(.object([.init(name: member, value: .text(ByteString((level ?? .none).rawValue)))]))
    }

    /// PUT /config[/S]: a rule of an artifact, which must be there.
    mutating func setConfig(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let name = try request.object()["compatibility"]?.asText?.description ?? ""
        guard let level = RegistryLevel(rawValue: name) else { throw RegistryFailure(42203, "Invalid compatibility level: \(name)") }
        if let subject = values.first {
            guard subjects[subject] != nil else { throw .subjectNotFound(subject) }
            subjects[subject]?.level = level
        } else {
            self.level = level
        }
        return RegistryAnswer(["compatibility": .text(ByteString(level.rawValue)), "normalize": false])
    }

    /// DELETE /config[/S]: a subject's NONE is answered with and stays.
    mutating func deleteConfig(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        guard let name = values.first else {
            defer { level = nil }
            return Self.answer("compatibilityLevel", level)
        }
        guard let subject = subjects[name] else { throw .subjectNotFound(name) }
        if subject.level != RegistryLevel.none { subjects[name]?.level = nil }
        return Self.answer("compatibilityLevel", subject.level)
    }

    /// GET /mode[/S]: a subject's, or the one mode of all; the subject need not exist.
    func mode(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        RegistryAnswer(["mode": .text(values.first.flatMap { modes[$0] } ?? mode)])
    }

    /// PUT /mode[/S]: kept, and of no effect.
    mutating func setMode(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let wanted = try request.object()["mode"]?.asText ?? ""
        guard ["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT"].contains(wanted) else {
            throw RegistryFailure(42201, "Invalid mode: \(wanted)")
        }
        if let subject = values.first { modes[subject] = wanted } else { mode = wanted }
        return RegistryAnswer(["mode": .text(wanted)])
    }

    /// DELETE /mode/S
    mutating func deleteMode(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        RegistryAnswer(["mode": .text(modes.removeValue(forKey: values[0]) ?? "READWRITE")])
    }
}
