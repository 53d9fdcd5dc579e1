import Bytes
import SchemaRegistryClient
import SnapshotModel

extension SchemasKind {
    /// Registers versions first, references before what refers to them, then deletes softly what was deleted, then sets levels.
    /// While it works the subjects are in import mode (or, where ids cannot be kept, without compatibility checks); that is put
    /// back whatever happens.
    public func apply(
        _ steps: [Step], to target: Source, interim: @escaping @Sendable (Interim) async throws -> Void,
        done: @Sendable (Step, StepOutcome) async throws -> Void
    ) async throws {
        guard let registry = target.registry else { return }
        func isAboutVersions(_ step: Step) -> Bool { [Self.register, Self.add, Self.delete].contains(step.action) }
        let versions = steps.filter(isAboutVersions)
        if !versions.isEmpty {
            let capabilities: RegistryCapabilities
            do {
                capabilities = try await registry.probe(forWriting: true)
            } catch {
                try await leaveOut(steps, done)
                throw error
            }
            var preparation = SubjectPreparation(registry, importing: capabilities.keepsIDs, steps: steps, interim: interim)
            var failure: (any Error)?
            do {
                try await preparation.prepare(for: versions)
            } catch {
                try? await leaveOut(steps, done)
                failure = error
            }
            if failure == nil {
                do {
                    try await register(versions, registry, &preparation, keepsIDs: capabilities.keepsIDs, interim, done)
                } catch {
                    failure = error
                }
            }
            do {
                try await preparation.putBack()
            } catch {
                failure = failure.map { TwoFailures(first: $0, then: error) } ?? error
            }
            if let failure { throw failure }
        }
        for step in steps where !isAboutVersions(step) {
            try await done(step, Task.isCancelled ? .skipped(reason: Self.interrupted) : await set(step, registry))
        }
    }

    public func apply(_ steps: [Step], to target: Source, done: @Sendable (Step, StepOutcome) async throws -> Void) async throws {
        try await apply(steps, to: target, interim: { _ in }, done: done)
    }

    private static let interrupted = "the run was interrupted before"

    /// Nothing of them was sent: a later run must not take what it finds on their subjects for what this one left.
    private func leaveOut(_ steps: [Step], _ done: @Sendable (Step, StepOutcome) async throws -> Void) async throws {
        for step in steps { try await done(step, .skipped(reason: "the registry could not be prepared")) }
    }

    private func register(
        _ steps: [Step], _ registry: SchemaRegistryClient, _ preparation: inout SubjectPreparation, keepsIDs: Bool,
        _ interim: @Sendable (Interim) async throws -> Void,
        _ done: @Sendable (Step, StepOutcome) async throws -> Void
    ) async throws {
        var toDelete: [(Step, SchemaDocument)] = []
        var blocked = BlockedSchemas()
        // Where an outcome cannot be told, nothing new is begun; what was registered only to be deleted is deleted all the same.
        var failure: (any Error)?
        func tell(_ step: Step, _ outcome: StepOutcome) async {
            do { try await done(step, outcome) } catch { failure = failure ?? error }
        }
        for step in steps {
            let schema = try SchemaDocument(id: step.id, body: step.to ?? .null)
            if step.action == Self.delete {
                toDelete.append((step, schema))
                continue
            }
            let obstacle = blocked.why(schema)
            guard obstacle == nil, failure == nil, !Task.isCancelled else {
                blocked.skip(schema)
                await tell(step, .skipped(reason: obstacle ?? Self.interrupted))
                continue
            }
            let (outcome, error) = await register(schema, registry, keepsIDs: keepsIDs)
            if outcome.isFailure { blocked.fail(schema, error) } else { blocked.succeed() }
            if outcome == .done {
                do { try await preparation.prepare(nowThere: schema.subject) } catch { failure = failure ?? error }
            }
            if outcome == .done, schema.isDeleted {
                toDelete.append((step, schema))
            } else {
                await tell(step, outcome)
            }
        }
        if !toDelete.isEmpty {
            do {
                try await interim(.undoing)
            } catch {
                for (step, _) in toDelete {
                    await tell(
                        step,
                        .unknown(
                            message: "\(step.id) may still be to be deleted: \(error)", hint: "run the restore again: it observes first."))
                }
                throw failure ?? error
            }
        }
        // What refers goes before what is referred to. Also after Ctrl-C: what was registered only to be deleted would be in use.
        let registry = registry.outlivingCancellation()
        for (step, schema) in toDelete.reversed() {
            await tell(
                step,
                await attempt("soft deletion of \(step.id)") { () async throws(RegistryError) in
                    try await SettledCall.make { () async throws(RegistryError) in
                        try await registry.delete(Int32(clamping: schema.version), of: schema.subject)
                    } isHeld: { () async throws(RegistryError) in
                        try await version(of: schema, registry, withDeleted: false) == nil
                    }
                }.outcome)
        }
        if let failure { throw failure }
    }

    private func register(
        _ schema: SchemaDocument, _ registry: SchemaRegistryClient, keepsIDs: Bool
    ) async -> (outcome: StepOutcome, error: RegistryError?) {
        var answered: RegistrationOutcome?
        let (outcome, error) = await attempt("schema \(schema.key)") { () async throws(RegistryError) in
            try await SettledCall.make { () async throws(RegistryError) in
                answered = try await registry.register(
                    Registration(
                        schema: schema.registration, id: keepsIDs ? schema.id.map { Int32(clamping: $0) } : nil,
                        version: keepsIDs ? Int32(clamping: schema.version) : nil), under: schema.subject)
            } isHeld: { () async throws(RegistryError) in
                keepsIDs
                    ? try await isThere(schema, registry)
                    : try await registry.lookUp(schema.registration, in: schema.subject) != nil
            }
        }
        // Some registries answer 200 and do something else.
        if outcome == .done, keepsIDs, let wanted = schema.id, let id = answered?.id, Int64(id) != wanted {
            let failed = StepOutcome.failed(
                message: "schema \(schema.key): asked for id \(wanted), the registry gave \(id)",
                hint: "the registry ignores ids: empty it and restore into one with import mode.")
            return (failed, nil)
        }
        return (outcome, error)
    }

    /// Whether the subject has the version, with the id and the text that it is to have.
    private func isThere(_ schema: SchemaDocument, _ registry: SchemaRegistryClient) async throws(RegistryError) -> Bool {
        guard let found = try await version(of: schema, registry, withDeleted: true) else { return false }
        return found.schema.text == schema.schema && (schema.id.map { $0 == Int64(found.id) } ?? true)
    }

    private func version(
        of schema: SchemaDocument, _ registry: SchemaRegistryClient, withDeleted: Bool
    ) async throws(RegistryError) -> SchemaVersion? {
        do throws(RegistryError) {
            return try await registry.version(Int32(clamping: schema.version), of: schema.subject, withDeleted: withDeleted)
        } catch  where error.kind == .notFound {
            return nil
        }
    }

    private func set(_ step: Step, _ registry: SchemaRegistryClient) async -> StepOutcome {
        let scope = Self.scope(of: step.id)
        return await attempt("\(step.action) of \(operatorName(of: step.id))") { () async throws(RegistryError) in
            switch (step.action, step.to) {
            case ("set compatibility", let body?), (Self.putBackCompatibility, let body?):
                try await registry.setSurely(CompatibilitySetting(body: body), of: scope)
            case ("set mode", let body?), (Self.putBackMode, let body?): try await registry.setSurely(RegistryMode(body: body), of: scope)
            default: try await clear(isMode: step.id.parts.first == Self.mode, scope, registry)
            }
        }.outcome
    }

    /// Nothing being set is no error: preparing and putting back may have cleared it.
    private func clear(isMode: Bool, _ scope: RegistryScope, _ registry: SchemaRegistryClient) async throws(RegistryError) {
        do throws(RegistryError) {
            if isMode { try await registry.clearModeSurely(of: scope) } else { try await registry.clearCompatibilitySurely(of: scope) }
        } catch {
            guard error.kind == .notFound else { throw error }
        }
    }

    private func attempt(
        _ what: String, _ body: () async throws(RegistryError) -> Void
    ) async -> (outcome: StepOutcome, error: RegistryError?) {
        do throws(RegistryError) {
            try await body()
            return (.done, nil)
        } catch {
            let message = "\(what): \(error.message)"
            let outcome: StepOutcome =
                error.isOutcomeUnknown
                ? .unknown(message: message, hint: "run the restore again: it observes the target first.", cause: error.message)
                : .failed(message: message, hint: error.hint, cause: error.message)
            return (outcome, error)
        }
    }
}

/// Something failed, and so did putting back what had been changed for it.
private struct TwoFailures: Error, CustomStringConvertible {
    let first: any Error
    let then: any Error
    var description: String { "\(first); and putting back what was changed for it: \(then)" }
}
