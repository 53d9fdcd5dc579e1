import Bytes
import SchemaRegistryClient
import SnapshotModel

/// Compatibility and modes.
extension SchemasKind {
    func proposeSettings(
        _ wanted: [Document], _ context: ProposalContext, _ registry: SchemaRegistryClient, keepsIDs hasModes: Bool,
        _ proposal: inout Proposal
    ) async throws {
        let present = context.observedByID
        let versioned = Set(present.keys.filter { $0.parts.first == Self.schema }.map { $0.parts[1] })
        for document in wanted where document.id.parts.first != Self.schema {
            let isMode = document.id.parts.first == Self.mode
            if isMode, !hasModes {
                if document.body["level"]?.text != "READWRITE" {
                    conflict(document.id, "the target's registry has no modes", &proposal)
                }
                continue
            }
            proposal.expected.append(document)
            // Observing finds settings through subjects that have versions.
            let found =
                if let seen = present[document.id] { seen } else { try await unseen(document.id, registry, versioned) }
            guard found != document else { continue }
            // An empty registry has a level of its own as well: nobody chose it.
            let isDefault = document.id.parts.count == 1 && versioned.isEmpty
            if let found, context.existing != .update, !isDefault, !Self.isLeftOver(found, hasModes) {
                conflict(document.id, "the target's registry has it as \(found.body["level"]?.text ?? "?")", &proposal)
                continue
            }
            proposal.steps.append(
                Step(
                    kind: name, stage: stage, id: document.id, action: isMode ? "set mode" : "set compatibility", from: found?.body,
                    to: document.body, reversibility: .reversible))
        }
        let subjects = Set(wanted.map(\.id).filter { $0.parts.first == Self.schema }.map { $0.parts[1] })
        let wantedIDs = Set(wanted.map(\.id))
        if hasModes {
            clearModes(of: subjects, but: wantedIDs, present, &proposal)
        } else {
            try await refuseWeakness(of: subjects, but: wantedIDs, context, registry, versioned, &proposal)
        }
    }

    /// A subject's setting where the subject has no version; nil where nothing is set, or observing would have found it.
    private func unseen(_ id: ResourceID, _ registry: SchemaRegistryClient, _ versioned: Set<ByteString>) async throws -> Document? {
        guard case .subject(let subject) = Self.scope(of: id), !versioned.contains(subject) else { return nil }
        if id.parts.first == Self.mode {
            guard let mode = try await registry.mode(of: .subject(subject)) else { return nil }
            return Document(id: id, body: .object(["level": .text(ByteString(mode.rawValue))]))
        }
        return try await registry.compatibility(of: .subject(subject)).map { Document(id: id, body: $0.body) }
    }

    /// What a restore that was killed leaves: a subject in import mode refuses every producer, so nobody chose it.
    private static func isLeftOver(_ found: Document, _ hasModes: Bool) -> Bool {
        // A context in import mode is somebody's choice: no restore puts one there.
        guard hasModes, found.id.parts.first == mode, case .subject = scope(of: found.id) else { return false }
        return found.body["level"]?.text == "IMPORT"
    }

    /// A subject left in import mode by an interrupted restore is put back.
    private func clearModes(
        of subjects: Set<ByteString>, but wanted: Set<ResourceID>, _ present: [ResourceID: Document], _ proposal: inout Proposal
    ) {
        for (id, document) in present.sorted(by: { $0.key < $1.key })
        where Self.isLeftOver(document, true) && subjects.contains(id.parts[1]) && !wanted.contains(id) {
            proposal.steps.append(
                Step(kind: name, stage: stage, id: id, action: "clear mode", from: document.body, to: nil, reversibility: .reversible))
        }
    }

    /// Where ids cannot be kept, a restore that was killed leaves subjects without compatibility checks. Somebody may have chosen that, so
    /// it is neither kept nor changed without a word.
    private func refuseWeakness(
        of subjects: Set<ByteString>, but wanted: Set<ResourceID>, _ context: ProposalContext, _ registry: SchemaRegistryClient,
        _ versioned: Set<ByteString>, _ proposal: inout Proposal
    ) async throws {
        let present = context.observedByID
        for subject in subjects.sorted() {
            let id = ResourceID(Self.compatibility, subject)
            guard !wanted.contains(id) else { continue }
            let found = if let seen = present[id] { seen } else { try await unseen(id, registry, versioned) }
            guard let found, found.body["level"]?.text == "NONE" else { continue }
            guard context.existing == .update else {
                proposal.conflicts.append(
                    Conflict(
                        kind: name, id: id,
                        why: "the target has the subject without compatibility checks (NONE), the snapshot has no level of its own for it",
                        hint: "a restore that was killed leaves it so: give --existing update to clear it, or clear it on the registry."))
                continue
            }
            proposal.steps.append(
                Step(
                    kind: name, stage: stage, id: id, action: "clear compatibility", from: found.body, to: nil, reversibility: .reversible))
        }
    }
}
