import Bytes
import SchemaRegistryClient
import SnapshotModel

/// What only the target has of subjects that the snapshot holds, too: further versions, and levels and modes of their own.
extension SchemasKind {
    func noteSurplus(
        _ wanted: [Document], _ context: ProposalContext, _ look: inout SettingLook, _ begun: BegunSubjects,
        _ capabilities: RegistryCapabilities, _ proposal: inout Proposal
    ) async throws {
        let held = Set(wanted.map(\.id))
        let subjects = Set(held.filter { $0.parts.count > 1 }.map { operatorName(of: $0) })
        noteVersions(beyond: held, of: subjects, context, begun, &proposal)

        // What stood there before an interrupted restore began is the target's own as well.
        for step in proposal.steps {
            guard [Self.putBackMode, Self.putBackCompatibility].contains(step.action), let former = step.to else { continue }
            proposal.losses.append(Surplus(id: step.id, what: Self.words(step.id, former)).loss(of: name))
        }
        let told = Set(proposal.steps.map(\.id) + proposal.conflicts.compactMap(\.id) + proposal.losses.compactMap(\.id))
        for subject in subjects.sorted() {
            for setting in [Self.compatibility, Self.mode] {
                let id = ResourceID(setting, subject)
                guard !held.contains(id), !told.contains(id), tells(setting, capabilities), let found = try await look.find(id) else {
                    continue
                }
                note(Surplus(id: id, what: Self.words(id, found.body)), context, begun, &proposal)
            }
        }
    }

    private func noteVersions(
        beyond held: Set<ResourceID>, of subjects: Set<ByteString>, _ context: ProposalContext, _ begun: BegunSubjects,
        _ proposal: inout Proposal
    ) {
        // Of these it is said already that they cannot be completed.
        let disputed = Set(proposal.conflicts.compactMap(\.id).filter { $0.parts.count == 3 }.map { $0.parts[1] })
        let further = context.observed.desired.map(\.id).filter { id in
            id.parts.count == 3 && subjects.contains(id.parts[1]) && !disputed.contains(id.parts[1]) && !held.contains(id)
        }
        for (_, ids) in Dictionary(grouping: further, by: { $0.parts[1] }).sorted(by: { $0.key < $1.key }) {
            let numbers = ids.compactMap { $0.parts[2].validText.flatMap { Int64($0) } }.sorted()
            guard let first = numbers.first else { continue }
            let shown = numbers.prefix(8).map(String.init).joined(separator: ", ")
            let more = numbers.count > 8 ? " and \(numbers.count - 8) more" : ""
            note(
                Surplus(
                    id: ResourceID(Self.schema, ids[0].parts[1], ByteString("\(first)")),
                    what: (numbers.count == 1 ? "version " : "versions ") + shown + more), context, begun, &proposal)
        }
    }

    private func note(_ surplus: Surplus, _ context: ProposalContext, _ begun: BegunSubjects, _ proposal: inout Proposal) {
        guard context.existing != .update else { return proposal.losses.append(surplus.loss(of: name)) }
        conflictUnlessUpdate(surplus.id, Surplus.cause, detail: surplus.what, "leave it there", begun, &proposal)
    }

    /// Whether the registry tells a subject's setting from one that is not set.
    private func tells(_ setting: ByteString, _ capabilities: RegistryCapabilities) -> Bool {
        setting == Self.mode ? capabilities.modes == .supported && capabilities.countsIDsPerContext : !capabilities.answersUnsetLevels
    }

    private static func words(_ id: ResourceID, _ body: JSON) -> String {
        guard let level = body["level"]?.text else { return "an alias or the like" }
        return (id.parts.first == mode ? "mode " : "compatibility level ") + level.description
    }
}

/// Settings of the target: as observing found them, or looked up where it could not, which is through subjects that have versions. Each is
/// asked for once.
struct SettingLook {
    private let present: [ResourceID: Document]
    private let versioned: Set<ByteString>
    private let registry: SchemaRegistryClient
    private var asked: [ResourceID: Document?] = [:]

    init(_ present: [ResourceID: Document], _ registry: SchemaRegistryClient) {
        self.present = present
        self.registry = registry
        versioned = Set(present.keys.filter { $0.parts.first == SchemasKind.schema }.map { $0.parts[1] })
    }

    var isEmpty: Bool { versioned.isEmpty }

    /// Nil where nothing is set.
    mutating func find(_ id: ResourceID) async throws -> Document? {
        if let seen = present[id] { return seen }
        guard case .subject(let subject) = SchemasKind.scope(of: id), !versioned.contains(subject) else { return nil }
        if let known = asked[id] { return known }
        let found: Document? =
            if id.parts.first == SchemasKind.mode {
                try await registry.mode(of: .subject(subject)).map {
                    Document(id: id, body: .object(["level": .text(ByteString($0.rawValue))]))
                }
            } else {
                try await registry.compatibility(of: .subject(subject)).map { Document(id: id, body: $0.body) }
            }
        asked[id] = .some(found)
        return found
    }
}
