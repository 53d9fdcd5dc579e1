import Bytes

// Config and mode: set per subject, per context and globally.
extension ConfluentRegistry {
    // MARK: Config

    /// GET /config[/S]?defaultToGlobal=
    func config(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let subject = scope(values)
        if let config = configs[subject], !values.isEmpty { return RegistryAnswer(config.json) }
        guard values.isEmpty || request.flag("defaultToGlobal") else { throw .levelNotConfigured(values[0]) }
        var config = configs[wider(subject)] ?? ConfluentConfig()
        config.level = config.level ?? .backward
        return RegistryAnswer(config.json)
    }

    /// PUT /config[/S], also of a subject that does not exist [seen].
    mutating func setConfig(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let body = try request.object()
        var config = configs[scope(values)] ?? ConfluentConfig()
        try config.update(body)
        try checkWritable(scope(values))
        configs[scope(values)] = config
        return RegistryAnswer(config.echo(of: body))
    }

    /// DELETE /config[/S]: answers with what was set.
    mutating func deleteConfig(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let old = configs[scope(values)]
        guard old != nil || values.isEmpty else { throw .subjectNotFound(values[0]) }
        try checkWritable(scope(values))
        configs[scope(values)] = nil
        var config = old ?? ConfluentConfig()
        if values.isEmpty { config.level = config.level ?? .backward }
        return RegistryAnswer(config.json)
    }

    func levelInScope(of subject: QualifiedSubject) -> RegistryLevel {
        configs[subject]?.level ?? configs[wider(subject)]?.level ?? .backward
    }

    /// The level above a subject: its context. The global one is that of the default context.
    private func wider(_ subject: QualifiedSubject) -> QualifiedSubject { QualifiedSubject(context: subject.context, name: "") }

    // MARK: Mode

    /// GET /mode[/S]?defaultToGlobal=
    func mode(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let subject = scope(values)
        if let mode = modes[subject] { return Self.answer(mode) }
        guard values.isEmpty || request.flag("defaultToGlobal") else { throw Self.modeNotConfigured(values[0]) }
        return Self.answer(modeInScope(of: subject))
    }

    /// PUT /mode[/S]?force=. Going to IMPORT asks that nothing is there, and deletes for good what is only soft-deleted.
    mutating func setMode(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let subject = scope(values)
        let name = try request.object()["mode"]?.asText?.description ?? ""
        guard let mode = ConfluentMode(rawValue: name.uppercased()) else {
            throw RegistryFailure(42204, "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.")
        }
        guard mode != .forward || values.isEmpty else {
            throw RegistryFailure(42204, "Forward mode only supported on global level")
        }
        if mode == .import, modeInScope(of: subject) != .import, !request.flag("force") {
            let scope = values.isEmpty ? nil : subject
            guard store.subjects(in: scope, withDeleted: false).isEmpty else {
                throw RegistryFailure(42205, "Cannot import since found existing subjects")
            }
            for deleted in store.subjects(in: scope, withDeleted: true) {
                for (version, _) in store.versions(of: deleted, withDeleted: true) {
                    store.remove(SchemaStore.Key(subject: deleted, version: version))
                }
            }
        }
        modes[subject] = mode
        return Self.answer(mode)
    }

    /// DELETE /mode/S: answers with what was set.
    mutating func deleteMode(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        guard let mode = modes.removeValue(forKey: scope(values)) else { throw .subjectNotFound(values[0]) }
        return Self.answer(mode)
    }

    func modeInScope(of subject: QualifiedSubject) -> ConfluentMode { modes[subject] ?? modes[wider(subject)] ?? .readWrite }

    private static func answer(_ mode: ConfluentMode) -> RegistryAnswer { RegistryAnswer(["mode": .text(ByteString(mode.rawValue))]) }

    private static func modeNotConfigured(_ subject: ByteString) -> RegistryFailure {
        RegistryFailure(40409, "Subject '\(subject)' does not have subject-level mode configured")
    }
}
