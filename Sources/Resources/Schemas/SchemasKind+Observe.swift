import Bytes
public import SnapshotModel
import SchemaRegistryClient

extension SchemasKind {
    public func observe(_ sweep: Sweep) async throws -> Observation { try await observe(sweep, naming: []) }

    /// Of what is named, settings are looked at also where the subject has no version.
    public func observe(_ sweep: Sweep, naming ids: [ResourceID]) async throws -> Observation {
        guard let registry = sweep.source.registry else {
            return Observation(kind: name, state: .disabled("no schema registry was named"))
        }
        do {
            let named = Set(ids.filter { $0.parts.count == 2 && $0.parts[0] != Self.schema }.map { $0.parts[1] })
            return try await look(at: registry, sweep, named)
        } catch let error as RegistryError {
            switch error.kind {
            case .forbidden, .authentication: return Observation(kind: name, state: .forbidden(error.message))
            case .cancelled: throw CancellationError()
            default: return Observation(kind: name, state: .unread(error.message))
            }
        }
    }

    private func look(at registry: SchemaRegistryClient, _ sweep: Sweep, _ named: Set<ByteString>) async throws -> Observation {
        var desired: [Document] = []
        var evidence: [Document] = []
        var subjects: Set<ByteString> = []
        let survey = try await registry.survey()
        for version in survey.versions {
            let document = SchemaDocument(version)
            desired.append(document.document)
            subjects.insert(version.subject)
            var fields: [ByteString: JSON] = [:]
            if let guid = version.guid { fields["guid"] = .text(ByteString(guid)) }
            if let timestamp = version.timestamp { fields["timestamp"] = JSON.count64(timestamp) }
            if !fields.isEmpty { evidence.append(Document(id: document.key, body: .object(fields))) }
        }
        let capabilities = try await registry.probe()
        var scopes: [RegistryScope] = [.global]
        scopes += (capabilities.contexts ?? []).filter { $0 != "." }.map { .context($0) }
        scopes += subjects.sorted().map { .subject($0) }
        let unversioned = try await SettingNames.find(survey.versions, sweep, registry)
        let known = Set(scopes.map { Self.id(Self.compatibility, $0) })
        scopes += named.union(survey.names).union(unversioned.names).map { ResourceID(Self.compatibility, $0) }
            .filter { !known.contains($0) }.sorted().map { Self.scope(of: $0) }
        let settings = try await settings(of: scopes, registry, capabilities)
        desired += settings.documents
        var state = SectionState.stable
        state.blindSpots = unversioned.blindSpots
        state.unread = unversioned.unread + settings.unread
        if capabilities.modes == .forbidden {
            state.unread.append(SectionState.UnreadPart(what: "modes", why: "this user may not read them"))
        }
        for name in survey.withheld {
            state.unread.append(
                SectionState.UnreadPart(
                    what: "version \(name.version) of subject \(name.subject)",
                    why: "the registry lists it and does not give it: Apicurio keeps back a subject of which all versions are soft-deleted")
            )
        }
        return Observation(kind: name, desired: desired, evidence: evidence, state: state)
    }

    static func id(_ setting: ByteString, _ scope: RegistryScope) -> ResourceID {
        switch scope {
        case .global: ResourceID(setting)
        case .context(let name): ResourceID(setting, ":" + name + ":")
        case .subject(let name): ResourceID(setting, name)
        }
    }

    /// The scope that a setting's id names.
    static func scope(of id: ResourceID) -> RegistryScope {
        guard id.parts.count > 1 else { return .global }
        let name = id.parts[1]
        let context = context(of: name)
        return !context.isEmpty && context == name
            ? .context(ByteString(bytes: name.bytes.dropFirst().dropLast())) : .subject(name)
    }
}

extension SchemaDocument {
    init(_ version: SchemaVersion) {
        self.init(
            subject: version.subject, version: Int64(version.version), id: Int64(version.id), type: ByteString(version.schema.type),
            schema: version.schema.text,
            references: version.schema.references.map { Reference(name: $0.name, subject: $0.subject, version: Int64($0.version)) },
            metadata: version.schema.metadata.map { JSON($0) }, ruleSet: version.schema.ruleSet.map { JSON($0) },
            isDeleted: version.isDeleted ?? false)
    }

    /// What the registry is asked to register.
    var registration: Schema {
        Schema(
            type: type.description, text: schema,
            references: references.map {
                SchemaReference(name: $0.name, subject: $0.subject, version: Int32(clamping: $0.version))
            }, metadata: metadata.map { RegistryJSON($0) }, ruleSet: ruleSet.map { RegistryJSON($0) })
    }
}

extension CompatibilitySetting {
    /// `{"level":"BACKWARD","others":{…}}`.
    var body: JSON {
        var fields: [ByteString: JSON] = [:]
        if let level { fields["level"] = .text(ByteString(level)) }
        if !others.isEmpty { fields["others"] = JSON(.object(others)) }
        return .object(fields)
    }

    init(body: JSON) {
        guard case .object(let others)? = body["others"].map({ RegistryJSON($0) }) else {
            self.init(level: body["level"]?.text?.description)
            return
        }
        self.init(level: body["level"]?.text?.description, others: others)
    }
}

extension RegistryMode {
    /// Of `{"level":"READONLY"}`.
    init(body: JSON) { self.init(rawValue: body["level"]?.text?.description ?? "READWRITE") }
}
