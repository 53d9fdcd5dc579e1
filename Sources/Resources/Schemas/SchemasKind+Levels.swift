import Bytes
import SchemaRegistryClient
import SnapshotModel

/// What is set in a registry, scope by scope.
extension SchemasKind {
    /// A registry that answers so often in a row with a failure is not asked for more: each has been tried again before.
    static let failuresInARow = 5

    /// Rights to read a subject's settings are others than those to read its versions, and a registry may fail at one of them: that takes nothing
    /// from the rest. Throws where the registry cannot be reached, or does not know the caller any more.
    func settings(
        of scopes: [RegistryScope], _ registry: SchemaRegistryClient, _ capabilities: RegistryCapabilities
    ) async throws(RegistryError) -> (documents: [Document], unread: [SectionState.UnreadPart]) {
        // A registry that names a context twice, or as a subject, means one scope.
        var seen: Set<ResourceID> = []
        let distinct = scopes.filter { seen.insert(Self.id(Self.compatibility, $0)).inserted }
        var documents: [Document] = []
        var unread: [SectionState.UnreadPart] = []
        var inARow = 0
        for (place, scope) in distinct.enumerated() {
            let (found, failure) = try await settings(of: scope, registry, capabilities)
            documents += found
            guard let failure else {
                inARow = 0
                continue
            }
            let isForbidden = failure.kind == .forbidden
            unread.append(
                SectionState.UnreadPart(
                    what: "settings of \(shown(scope))", why: isForbidden ? "this user may not read them" : failure.message))
            inARow = isForbidden ? 0 : inARow + 1
            let left = distinct.count - place - 1
            if inARow == Self.failuresInARow, left > 0 {
                unread.append(
                    SectionState.UnreadPart(
                        what: "settings of \(left.counted("more subject", "more subjects"))",
                        why: "the registry was not asked for them: it had failed \(inARow) times in a row"))
                break
            }
        }
        return (documents, unread)
    }

    private func shown(_ scope: RegistryScope) -> String {
        let name = operatorName(of: Self.id(Self.compatibility, scope))
        return name.isEmpty ? "the registry" : "\(ResourceID(name))"
    }

    /// What is set at this very level, and what became of the rest.
    private func settings(
        of scope: RegistryScope, _ registry: SchemaRegistryClient, _ capabilities: RegistryCapabilities
    ) async throws(RegistryError) -> (documents: [Document], failure: RegistryError?) {
        var documents: [Document] = []
        var failure: RegistryError?
        do throws(RegistryError) {
            if let setting = try await registry.compatibility(of: scope), try await isSet(setting, scope, registry, capabilities) {
                documents.append(Document(id: Self.id(Self.compatibility, scope), body: setting.body))
            }
        } catch {
            guard error.isOfOneCall else { throw error }
            failure = error
            // What fails at one of them is not asked for the other: that takes as long again.
            guard error.kind == .forbidden else { return (documents, failure) }
        }
        // A registry with one mode for all would give it again for every subject.
        guard capabilities.modes == .supported, scope == .global || capabilities.countsIDsPerContext else { return (documents, failure) }
        do throws(RegistryError) {
            if let mode = try await registry.mode(of: scope) {
                documents.append(Document(id: Self.id(Self.mode, scope), body: .object(["level": .text(ByteString(mode.rawValue))])))
            }
        } catch {
            guard error.isOfOneCall else { throw error }
            failure = failure ?? error
        }
        return (documents, failure)
    }

    /// Whether a level is a subject's own, as far as the registry tells it from one that is not set: not where another level decides.
    private func isSet(
        _ setting: CompatibilitySetting, _ scope: RegistryScope, _ registry: SchemaRegistryClient, _ capabilities: RegistryCapabilities
    ) async throws(RegistryError) -> Bool {
        guard capabilities.answersUnsetLevels, case .subject(let subject) = scope else { return true }
        return try await registry.effectiveCompatibility(of: subject).level == setting.level
    }
}

extension RegistryError {
    /// Whether the registry answered, and another call may go well: not where it cannot be reached, or the caller is nobody to it, who would
    /// be locked out by asking on.
    var isOfOneCall: Bool {
        switch kind {
        case .forbidden, .server, .invalidAnswer, .refused, .conflict, .notFound, .unsupported: true
        case .configuration, .connect, .interrupted, .timeout, .tls, .authentication, .cancelled: false
        }
    }
}
