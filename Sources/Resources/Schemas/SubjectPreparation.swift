import Bytes
import SchemaRegistryClient
import SnapshotModel

/// What has to be otherwise on subjects while their versions are registered, and what it was before.
struct SubjectPreparation {
    private let registry: SchemaRegistryClient
    private let importing: Bool
    /// What the plan says about the setting at stake, by subject.
    private let planned: [ByteString: Step]
    private let interim: @Sendable (Interim) async throws -> Void
    private var former: [(subject: ByteString, setting: FormerSetting)] = []
    /// Subjects that cannot have a level before they have a version.
    private var awaited: Set<ByteString> = []

    /// - Parameter steps: everything that the plan does to the registry.
    init(
        _ registry: SchemaRegistryClient, importing: Bool, steps: [Step], interim: @escaping @Sendable (Interim) async throws -> Void
    ) {
        self.registry = registry
        self.importing = importing
        self.interim = interim
        let setting = importing ? SchemasKind.mode : SchemasKind.compatibility
        planned = Dictionary(
            steps.filter { $0.id.parts.count == 2 && $0.id.parts[0] == setting }.map { ($0.id.parts[1], $0) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Everything is looked up and on record before anything is changed.
    mutating func prepare(for steps: [Step]) async throws {
        // Only what is registered needs it; a soft deletion does not.
        let begun = Set(steps.filter { $0.action == SchemasKind.add }.map { $0.id.parts[1] })
        let subjects = Set(steps.filter { $0.action != SchemasKind.delete }.map { $0.id.parts[1] })
        var found: [(subject: ByteString, former: FormerSetting, isSet: Bool)] = []
        for subject in subjects.sorted() {
            try Task.checkCancellation()
            found.append(try await importing ? mode(of: subject) : compatibility(of: subject))
        }
        guard !found.isEmpty else { return }
        try await interim(.changing(found.map(\.former)))
        for (subject, setting, isSet) in found {
            try Task.checkCancellation()
            // Noted before the change, so that a change of unknown outcome is put back, too.
            former.append((subject, setting))
            guard !isSet else { continue }
            if importing {
                // Without force a registry deletes for good what is soft-deleted; with it, it does not look whether the subject is empty.
                try await registry.setSurely(.import, of: .subject(subject), force: begun.contains(subject))
            } else {
                do throws(RegistryError) {
                    try await registry.setSurely(CompatibilitySetting(level: "NONE"), of: .subject(subject))
                } catch {
                    guard error.kind == .notFound else { throw error }
                    awaited.insert(subject)
                }
            }
        }
    }

    /// To be called when a version is registered.
    mutating func prepare(nowThere subject: ByteString) async throws {
        guard awaited.remove(subject) != nil else { return }
        try await registry.setSurely(CompatibilitySetting(level: "NONE"), of: .subject(subject))
    }

    private func mode(of subject: ByteString) async throws -> (subject: ByteString, former: FormerSetting, isSet: Bool) {
        let mode = try await registry.mode(of: .subject(subject))
        let id = ResourceID(SchemasKind.mode, subject)
        guard mode == .import else {
            return (subject, FormerSetting(id: id, body: mode.map { .object(["level": .text(ByteString($0.rawValue))]) }), false)
        }
        // Left by a restore that was killed, or meant by somebody; the plan says which, where it knew of it.
        guard let step = planned[subject] else { throw ImportedMeanwhile(subject: subject) }
        return (subject, FormerSetting(id: id, body: step.action == SchemasKind.putBackMode ? step.to : nil, isObserved: false), true)
    }

    private func compatibility(of subject: ByteString) async throws -> (subject: ByteString, former: FormerSetting, isSet: Bool) {
        let level = try await registry.compatibility(of: .subject(subject))
        let id = ResourceID(SchemasKind.compatibility, subject)
        // As above; a level that the plan changes otherwise is set by its own step afterwards.
        if let step = planned[subject], level?.level == "NONE" {
            let body = step.action == SchemasKind.putBackCompatibility ? step.to : nil
            return (subject, FormerSetting(id: id, body: body, isObserved: false), true)
        }
        return (subject, FormerSetting(id: id, body: level?.body), false)
    }

    /// All are tried; the first failure is thrown afterwards. What succeeded is on record.
    func putBack() async throws {
        guard !former.isEmpty else { return }
        // Who took this restore for a killed one has it from the journal what is to be put back, and may have done so.
        try await interim(.undoing)
        // Also after Ctrl-C: a subject left in import mode refuses every producer.
        let registry = registry.outlivingCancellation()
        var failure: (any Error)?
        var restored: [ResourceID] = []
        for (subject, setting) in former {
            do throws(RegistryError) {
                switch (importing, setting.body) {
                case (true, nil): try await registry.clearModeSurely(of: .subject(subject))
                case (true, let body?): try await registry.setSurely(RegistryMode(body: body), of: .subject(subject))
                case (false, nil): try await registry.clearCompatibilitySurely(of: .subject(subject))
                case (false, let body?): try await registry.setSurely(CompatibilitySetting(body: body), of: .subject(subject))
                }
                restored.append(setting.id)
            } catch  where error.kind == .notFound {
                restored.append(setting.id)
            } catch {
                failure = failure ?? error
            }
        }
        if !restored.isEmpty {
            do { try await interim(.restored(restored)) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }
}

/// Who put it there uses it, and registering versions would end its mode.
private struct ImportedMeanwhile: Error, CustomStringConvertible {
    let subject: ByteString
    var description: String {
        "subject \(subject) was put into import mode after the plan was made; nothing was registered. hint: whoever did that is at it: "
            + "restore again when he is done."
    }
}
