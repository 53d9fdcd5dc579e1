import Bytes
import SchemaRegistryClient

/// What has to be otherwise on subjects while their versions are registered, and what it was before.
struct SubjectPreparation {
    private enum Former {
        case mode(RegistryMode?)
        case compatibility(CompatibilitySetting?)
    }

    private let registry: SchemaRegistryClient
    private let importing: Bool
    private var former: [(subject: ByteString, setting: Former)] = []

    init(_ registry: SchemaRegistryClient, importing: Bool) {
        self.registry = registry
        self.importing = importing
    }

    mutating func prepare(for steps: [Step]) async throws {
        // Only what is registered needs it; a soft deletion does not.
        let begun = Set(steps.filter { $0.action == SchemasKind.add }.map { $0.id.parts[1] })
        let subjects = Set(steps.filter { $0.action != SchemasKind.delete }.map { $0.id.parts[1] })
        for subject in subjects.sorted() {
            try Task.checkCancellation()
            if importing {
                let mode = try await registry.mode(of: .subject(subject))
                // Noted before the change, so that a change of unknown outcome is put back, too.
                former.append((subject, .mode(mode)))
                // Without force a registry deletes for good what is soft-deleted; with it, it does not look whether the subject is empty.
                if mode != .import { try await registry.setMode(.import, of: .subject(subject), force: begun.contains(subject)) }
            } else {
                former.append((subject, .compatibility(try await registry.compatibility(of: .subject(subject)))))
                try await registry.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject(subject))
            }
        }
    }

    /// All are tried; the first failure is thrown afterwards.
    func putBack() async throws {
        // Also after Ctrl-C: a subject left in import mode refuses every producer.
        let registry = registry.outlivingCancellation()
        var failure: RegistryError?
        for (subject, setting) in former {
            do throws(RegistryError) {
                switch setting {
                // Import mode was left by a restore that was killed.
                case .mode(nil), .mode(.import?): try await registry.deleteMode(of: .subject(subject))
                case .mode(let mode?): try await registry.setMode(mode, of: .subject(subject))
                case .compatibility(nil): try await registry.deleteCompatibility(of: .subject(subject))
                case .compatibility(let setting?): try await registry.setCompatibility(setting, of: .subject(subject))
                }
            } catch  where error.kind == .notFound {
                continue
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }
}
