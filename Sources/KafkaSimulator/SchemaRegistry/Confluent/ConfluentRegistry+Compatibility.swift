import Bytes

extension ConfluentRegistry {
    /// POST /compatibility/subjects/S/versions[/V]: whether the schema could follow that version, or all that the level asks for.
    func checkCompatibility(_ request: RegistryRequest, _ values: [ByteString]) throws(RegistryFailure) -> RegistryAnswer {
        let subject = QualifiedSubject(values[0])
        let registration = try registration(request)
        let level = levelInScope(of: subject)
        let alive = store.versions(of: subject, withDeleted: false).map { (version: $0.version, schema: $0.entry.schema) }
        let olds: [(version: Int, schema: StoredSchema)]
        switch values.count > 1 ? try VersionName(values[1]) : nil {
        case .number(let number):
            olds = alive.filter { $0.version == number }
            guard !olds.isEmpty else { throw .versionNotFound(number) }
        // A subject without versions gets along with everything [seen].
        case .latest: olds = alive.suffix(1)
        case nil: olds = level.isTransitive ? alive.reversed() : alive.suffix(1)
        }
        let schema = try canonical(registration.schema, subject: subject, withDeleted: false)
        let messages = olds.lazy.compactMap { details(schema, against: $0, level: level, in: subject.context) }.first
        var answer: [OrderedJSON.Member] = [.init(name: "is_compatible", value: .flag(messages == nil))]
        if request.flag("verbose") {
            answer.append(.init(name: "messages", value: .array((messages ?? []).map { .text(ByteString($0)) })))
        }
        return RegistryAnswer(.object(answer))
    }

    /// Why `schema` cannot follow `old`, each reason as the registry words it, or nil where it can.
    func details(
        _ schema: StoredSchema, against old: (version: Int, schema: StoredSchema), level: RegistryLevel, in context: ByteString
    ) -> [String]? {
        let rules = "{validateFields: 'false', compatibility: '\(level.rawValue)'}"
        if level != .none, schema.type != old.schema.type { return ["Incompatible because of different schema type", rules] }
        let found = level.check(schema, after: old.schema, reading: reading(in: context, withDeleted: true), wording: .java)
        guard !found.isEmpty else { return nil }
        return found.map(\.confluentText) + [
            "{oldSchemaVersion: \(old.version)}", "{oldSchema: '\(old.schema.text)'}",
            rules,
        ]
    }
}

extension AvroIncompatibility {
    fileprivate var confluentText: String {
        let description =
            switch kind {
            case .typeMismatch: "The type (path '\(path)') of a field in the new schema does not match with the old schema"
            case .nameMismatch: "The name of the schema has changed (path '\(path)')"
            case .fixedSizeMismatch: "The size of FIXED type field at path '\(path)' in the new schema does not match with the old schema"
            case .missingEnumSymbols: "The new schema is missing enum symbols '\(detail)' at path '\(path)' in the old schema"
            case .missingUnionBranch: "The new schema is missing a type inside a union field at path '\(path)' in the old schema"
            case .missingDefault:
                "The field '\(detail)' at path '\(path)' in the new schema has no default value and is missing in the old schema"
            }
        return "{errorType:'\(kind.rawValue)', description:'\(description)', additionalInfo:'\(detail)'}"
    }
}
