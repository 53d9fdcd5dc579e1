import Bytes
import SchemaRegistryClient
public import SnapshotModel

extension SchemasKind {
    public func propose(_ wanted: [Document], _ context: ProposalContext) async throws -> Proposal {
        var proposal = Proposal()
        guard !wanted.isEmpty else { return proposal }
        guard let registry = context.target.registry else {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: nil, why: "the snapshot holds schemas and no registry of the target is named",
                    hint: "give --schema-registry, or leave them out with --except schemas.", isDifference: false))
            return proposal
        }
        let capabilities = try await registry.probe(forWriting: true)
        guard capabilities.modeChanges != .forbidden else {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: nil, why: "this user may not set modes on the target's registry, so ids cannot be kept",
                    hint: "use a user that may set modes, or leave the schemas out with --except schemas.", isDifference: false))
            return proposal
        }
        var schemas: [SchemaDocument] = []
        for document in wanted where document.id.parts.first == Self.schema { schemas.append(try SchemaDocument(document)) }
        let present = try Dictionary(
            context.observed.desired.filter { $0.id.parts.first == Self.schema }.map { ($0.id, try SchemaDocument($0)) }
        ) { first, _ in first }
        var expected = schemas
        if !capabilities.keepsIDs { for index in expected.indices { expected[index].id = nil } }
        let begun = BegunSubjects(present, wanted: expected, context) { found, expected in satisfies(found.document, expected.document) }
        proposeSchemas(schemas, present, context, begun, keepsIDs: capabilities.keepsIDs, &proposal)
        var look = SettingLook(context.observedByID, registry)
        try await proposeSettings(wanted, context, &look, begun, capabilities, &proposal)
        if context.isWhole { try await noteSurplus(wanted, context, &look, begun, capabilities, &proposal) }
        return proposal
    }

    private func proposeSchemas(
        _ wanted: [SchemaDocument], _ present: [ResourceID: SchemaDocument], _ context: ProposalContext, _ begun: BegunSubjects,
        keepsIDs: Bool, _ proposal: inout Proposal
    ) {
        var missing: [SchemaDocument] = []
        var deletions: [SchemaDocument] = []
        var renumbered: [(schema: SchemaDocument, id: Int64)] = []
        for schema in wanted {
            var expected = schema
            if !keepsIDs { expected.id = nil }
            guard let found = present[schema.key] else {
                if begun.holdsForeign(schema.subject) {
                    conflict(schema.key, "the target's subject already has versions that the snapshot has not", &proposal)
                } else if begun.highest(schema.subject) != nil, !begun.mayGoOn(schema.subject) {
                    conflictUnlessUpdate(
                        schema.key, "the target's subject has some of the wanted versions and not this one", isBlamed: true,
                        "add what is missing, which refuses producers meanwhile", begun, &proposal)
                } else {
                    missing.append(schema)
                }
                continue
            }
            if context.existing == .fail {
                conflict(schema.key, "the target's registry already has it", &proposal)
            } else if satisfies(found.document, expected.document) {
                proposal.expected.append(expected.document)
                if let id = found.id, id != schema.id { renumbered.append((schema, id)) }
            } else if begun.lacksOnlyDeletion(found, expected) {
                deletions.append(expected)
            } else {
                conflict(schema.key, "the target's registry has another schema, id or state under this version", &proposal)
            }
        }
        // In the order of registering, so that those that refer are deleted before what they refer to.
        let others = Set(present.keys).union(missing.map(\.key)).subtracting(deletions.map(\.key))
        for schema in Self.referencesFirst(deletions, known: others) ?? deletions {
            guard let found = present[schema.key] else { continue }
            proposeDeletion(schema, found, begun, &proposal)
        }
        reportRenumbered(renumbered, &proposal)
        if keepsIDs { refuseClashingIDs(missing, present, &proposal) }
        guard let ordered = Self.referencesFirst(missing, known: Set(present.keys)) else {
            conflict(
                nil, "schemas refer to one another in a circle, or to one that is neither in the selection nor on the target", &proposal)
            return
        }
        if !keepsIDs, !ordered.isEmpty {
            proposal.notes.append(
                Note(
                    kind: name,
                    text: "the target's registry cannot keep schema ids: it gives new ones, and the report lists which became which"))
            proposal.losses.append(Self.renumbering(ordered.count))
            refuseShiftedVersions(ordered, begun, &proposal)
        }
        for schema in ordered {
            proposal.steps.append(
                Step(
                    kind: name, stage: stage, id: schema.key, action: begun.highest(schema.subject) == nil ? Self.register : Self.add,
                    from: nil, to: schema.body, reversibility: .compensable))
            var expected = schema
            if !keepsIDs { expected.id = nil }
            proposal.expected.append(expected.document)
        }
    }

    /// What a registry without import mode holds already, under ids of its own: the versions are as wanted, and records still name others.
    private func reportRenumbered(_ renumbered: [(schema: SchemaDocument, id: Int64)], _ proposal: inout Proposal) {
        guard !renumbered.isEmpty else { return }
        proposal.losses.append(
            Loss(
                kind: name, id: nil,
                why:
                    "\(renumbered.count.counted("schema has another id", "schemas have other ids")) on the target than in the snapshot: records written before name the old ones"
            ))
        for (schema, id) in renumbered {
            proposal.notes.append(Note(kind: name, id: schema.key, text: "schema id \(schema.id ?? 0) is \(id) on the target"))
        }
    }

    /// A restore that was killed leaves versions not yet deleted that the snapshot has as soft-deleted. Elsewhere somebody may use them.
    private func proposeDeletion(
        _ wanted: SchemaDocument, _ found: SchemaDocument, _ begun: BegunSubjects, _ proposal: inout Proposal
    ) {
        guard begun.mayGoOn(wanted.subject) else {
            conflictUnlessUpdate(
                wanted.key, "the snapshot has this version as deleted, and on the target it is not", "delete it softly", begun, &proposal)
            return
        }
        proposal.steps.append(
            Step(
                kind: name, stage: stage, id: wanted.key, action: Self.delete, from: found.body, to: wanted.body,
                reversibility: .compensable))
        proposal.expected.append(wanted.document)
    }

    func conflict(_ id: ResourceID?, _ why: String, _ proposal: inout Proposal) {
        proposal.conflicts.append(
            Conflict(
                kind: name, id: id, why: why,
                hint: "use an empty registry, or leave it out with \(leaving(id))."))
    }

    /// What an interrupted restore leaves behind, too, and what somebody else may have made here: only the operator can tell. What a restore
    /// is at just now is for that one to finish.
    ///
    /// - Parameter isBlamed: whether to say who left it so, as far as that is known.
    func conflictUnlessUpdate(
        _ id: ResourceID, _ why: String, detail: String = "", isBlamed: Bool = false, _ remedy: String, _ begun: BegunSubjects,
        _ proposal: inout Proposal
    ) {
        let called = operatorName(of: id)
        if let work = begun.restoreAtWork(called) {
            proposal.conflicts.append(
                Conflict(
                    kind: name, id: id, why: "\(why), and \(work)", detail: detail,
                    hint: "wait until it is done, or where it was killed its lease is over, and plan again: that completes what it left."))
            return
        }
        proposal.conflicts.append(
            Conflict(
                kind: name, id: id, why: isBlamed ? "\(why), and \(begun.blame(called))" : why, detail: detail,
                hint: "give --existing update to \(remedy), or leave it out with \(leaving(id))."))
    }

    /// One id means one schema in a context, and one text under two ids corrupts the look-up from text to id.
    private func refuseClashingIDs(_ missing: [SchemaDocument], _ present: [ResourceID: SchemaDocument], _ proposal: inout Proposal) {
        struct Place: Hashable {
            var context: ByteString
            var id: Int64
        }
        // All that a registry tells two schemas apart by.
        struct Content: Hashable {
            var type: ByteString
            var schema: ByteString
            var references: [SchemaDocument.Reference]
            var metadata: JSON?
            var ruleSet: JSON?
        }
        func content(_ schema: SchemaDocument) -> Content {
            Content(
                type: schema.type, schema: schema.schema, references: schema.references, metadata: schema.metadata, ruleSet: schema.ruleSet)
        }
        func idsByContent(_ places: [Place: Content]) -> [ByteString: [Content: Set<Int64>]] {
            var ids: [ByteString: [Content: Set<Int64>]] = [:]
            for (place, content) in places { ids[place.context, default: [:]][content, default: []].insert(place.id) }
            return ids
        }
        var byPlace: [Place: Content] = [:]
        for schema in present.values { byPlace[Place(context: schema.context, id: schema.id ?? 0)] = content(schema) }
        let idsOnTarget = idsByContent(byPlace)
        for schema in missing {
            let place = Place(context: schema.context, id: schema.id ?? 0)
            if let other = byPlace[place], other != content(schema) {
                conflict(schema.key, "id \(place.id) already means another schema on the target", &proposal)
            }
            byPlace[place] = content(schema)
        }
        let idsAfterwards = idsByContent(byPlace)
        for schema in missing {
            let ids = idsAfterwards[schema.context]?[content(schema)] ?? []
            // What is on the target keeps its id; where none is, the lowest of the snapshot's stays.
            let ownIDs = idsOnTarget[schema.context]?[content(schema)] ?? ids.min().map { [$0] } ?? []
            if ids.count > 1, let id = schema.id, !ownIDs.contains(id) {
                let list = ids.sorted().map(String.init).joined(separator: ", ")
                conflict(
                    schema.key, "the same schema would have the ids \(list) in one context, which redirects what is looked up by id",
                    &proposal)
            }
        }
    }

    /// A registry without import mode numbers versions by itself, from 1 without gaps.
    private func refuseShiftedVersions(_ ordered: [SchemaDocument], _ begun: BegunSubjects, _ proposal: inout Proposal) {
        for (subject, versions) in Dictionary(grouping: ordered, by: \.subject).sorted(by: { $0.key < $1.key }) {
            let numbers = versions.map(\.version).sorted()
            let next = (begun.highest(subject) ?? 0) + 1
            if numbers != (next..<next + Int64(numbers.count)).map({ $0 }) {
                conflict(
                    ResourceID(Self.schema, subject, ByteString("\(numbers[0])")),
                    "the versions to register are \(numbers.map(String.init).joined(separator: ", ")); this registry can only number them from \(next)",
                    &proposal)
            }
        }
    }
}

extension SchemasKind {
    /// What is lost where a registry gives ids of its own to this many schemas.
    public static func renumbering(_ count: Int) -> Loss {
        Loss(
            kind: .schemas, id: nil,
            why: "\(count.counted("schema gets a new id", "schemas get new ids")): records written before name the old ones")
    }
}
