import Bytes
import SchemaRegistryClient
import SnapshotModel

/// Compatibility and modes.
extension SchemasKind {
    func proposeSettings(
        _ wanted: [Document], _ context: ProposalContext, _ look: inout SettingLook, _ begun: BegunSubjects,
        _ capabilities: RegistryCapabilities, _ proposal: inout Proposal
    ) async throws {
        let hasModes = capabilities.keepsIDs
        let registering = Set(proposal.steps.filter { $0.action == Self.register || $0.action == Self.add }.map { $0.id.parts[1] })
        for document in wanted where document.id.parts.first != Self.schema {
            let isMode = document.id.parts.first == Self.mode
            if isMode, !hasModes {
                if document.body["level"]?.text != "READWRITE" {
                    conflict(document.id, "the target's registry has no modes", &proposal)
                }
                continue
            }
            proposal.expected.append(document)
            let found = try await look.find(document.id)
            // Registering ends with a subject's import mode cleared: where it is wanted, it is set again.
            let isTouched = isMode && Self.isImport(document) && document.id.parts.count > 1 && registering.contains(document.id.parts[1])
            guard found != document || isTouched else { continue }
            // An empty registry has a level of its own as well: nobody chose it, and what a restore filled since is still that registry.
            let isDefault = document.id.parts.count == 1 && (look.isEmpty || found.map { begun.isUnchosen($0) } ?? false)
            if let found, found != document, context.existing != .update, !isDefault, !isLeftOver(found, begun, hasModes) {
                conflictUnlessUpdate(
                    document.id, "the target's registry has it as \(found.body["level"]?.text ?? "?")", "set it as the snapshot has it",
                    begun, &proposal)
                continue
            }
            proposal.steps.append(
                Step(
                    kind: name, stage: stage, id: document.id, action: isMode ? "set mode" : "set compatibility", from: found?.body,
                    to: document.body, reversibility: .reversible))
        }
        for subject in registering.sorted() {
            let id = ResourceID(Self.compatibility, subject)
            guard let alias = try await look.find(id)?.body["others"]?["alias"]?.text, !alias.isEmpty else { continue }
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: id,
                    why: "the target has the subject as an alias of \(alias), where versions would be registered instead",
                    hint: "take the alias from the target's subject, or leave it out with \(leaving(id))."))
        }
        let subjects = Set(wanted.map(\.id).filter { $0.parts.first == Self.schema }.map { $0.parts[1] })
        let wantedSettings = Dictionary(wanted.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        for subject in subjects.sorted() {
            let id = ResourceID(hasModes ? Self.mode : Self.compatibility, subject)
            guard let found = try await look.find(id) else { continue }
            if hasModes {
                clearMode(found, wanted: wantedSettings[id], isRegistered: registering.contains(subject), begun, &proposal)
            } else if wantedSettings[id] == nil, Self.isUnchecked(found) {
                clearWeakness(found, begun, capabilities, &proposal)
            }
        }
        try await noteAbandoned(subjects, wantedSettings, hasModes, begun, &look, &proposal)
    }

    /// What earlier restores left on settings that the rest of the plan does not look at: other subjects, and the setting that stood in
    /// for the other one while the registry could do less or more than now.
    private func noteAbandoned(
        _ subjects: Set<ByteString>, _ wanted: [ResourceID: Document], _ hasModes: Bool, _ begun: BegunSubjects,
        _ look: inout SettingLook, _ proposal: inout Proposal
    ) async throws {
        for (id, former) in begun.former.sorted(by: { $0.key < $1.key }) {
            guard case .subject(let subject) = Self.scope(of: id) else { continue }
            let isMode = id.parts.first == Self.mode
            let isOurs = subjects.contains(subject)
            guard !isOurs || (isMode != hasModes && wanted[id] == nil) else { continue }
            guard let found = try await look.find(id), found.body != former.body, isMode ? Self.isImport(found) : Self.isUnchecked(found)
            else {
                continue
            }
            if isOurs {
                putBack(
                    found, .former(former.body), clear: isMode ? "clear mode" : "clear compatibility",
                    putBack: isMode ? Self.putBackMode : Self.putBackCompatibility, &proposal)
            } else {
                proposal.losses.append(
                    Loss(
                        kind: name, id: id,
                        why:
                            "an earlier restore that did not finish left the subject with \(found.body["level"]?.text ?? "?") "
                            + "(before it: \(former.body?["level"]?.text.map { "\($0)" } ?? "nothing set")), and this restore is not of that subject: "
                            + "restore it too, or set it by hand"))
            }
        }
    }

    private static func isImport(_ setting: Document) -> Bool { setting.body["level"]?.text == "IMPORT" }
    private static func isUnchecked(_ setting: Document) -> Bool { setting.body["level"]?.text == "NONE" }

    /// What a restore that was killed leaves on the subjects that it was at: import mode, or no compatibility checks where there is none.
    private func isLeftOver(_ found: Document, _ begun: BegunSubjects, _ hasModes: Bool) -> Bool {
        // A context in import mode is somebody's choice: no restore puts one there.
        guard case .subject = Self.scope(of: found.id) else { return false }
        if case .none = begun.leftover(found.id) { return false }
        return found.id.parts.first == Self.mode ? hasModes && Self.isImport(found) : !hasModes && Self.isUnchecked(found)
    }

    /// A subject left in import mode by an interrupted restore is put back. One that somebody else put there is used by him, and
    /// registering versions would end its mode.
    private func clearMode(
        _ found: Document, wanted: Document?, isRegistered: Bool, _ begun: BegunSubjects, _ proposal: inout Proposal
    ) {
        guard Self.isImport(found) else { return }
        let leftover = begun.leftover(found.id)
        if case .none = leftover {
            // As the snapshot has it, or said already.
            if let wanted, wanted != found || !isRegistered { return }
            conflictUnlessUpdate(
                found.id, "the target has the subject in import mode", isBlamed: true, "end its import mode", begun, &proposal)
            return
        }
        guard wanted == nil else { return }
        putBack(found, leftover, clear: "clear mode", putBack: Self.putBackMode, &proposal)
    }

    /// What is there is not wanted, and the snapshot says nothing of what is.
    private func putBack(
        _ found: Document, _ leftover: BegunSubjects.Leftover, clear: String, putBack: String, _ proposal: inout Proposal
    ) {
        var former: JSON?
        switch leftover {
        case .none, .overruled: break
        case .former(let body): former = body
        case .unknown:
            proposal.losses.append(
                Loss(
                    kind: name, id: found.id,
                    why:
                        "an earlier restore that did not finish left the subject with \(found.body["level"]?.text ?? "?"), and did not write "
                        + "down what was set before: it is cleared. Set it again if anything was"))
        }
        if let former { proposal.expected.append(Document(id: found.id, body: former)) }
        proposal.steps.append(
            Step(
                kind: name, stage: stage, id: found.id, action: former == nil ? clear : putBack, from: found.body, to: former,
                reversibility: .reversible))
    }

    /// Where ids cannot be kept, a restore that was killed leaves subjects without compatibility checks. Somebody may have chosen that, so
    /// it is neither kept nor changed without a word.
    private func clearWeakness(
        _ found: Document, _ begun: BegunSubjects, _ capabilities: RegistryCapabilities, _ proposal: inout Proposal
    ) {
        var leftover = begun.leftover(found.id)
        // It stood so before the restore, too.
        if case .former(found.body) = leftover { leftover = begun.isUpdate ? .overruled : .none }
        if case .none = leftover {
            if capabilities.answersUnsetLevels {
                // Whether it is set or not, this registry does not tell.
                return
            }
            conflictUnlessUpdate(
                found.id,
                "the target has the subject without compatibility checks (NONE), and the snapshot has no level of its own for it",
                isBlamed: true, "clear the level", begun, &proposal)
            return
        }
        putBack(found, leftover, clear: "clear compatibility", putBack: Self.putBackCompatibility, &proposal)
    }
}
