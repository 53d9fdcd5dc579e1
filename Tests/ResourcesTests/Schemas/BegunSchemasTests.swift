import Bytes
import ClusterFixture
import SchemaRegistryClient
import SnapshotModel
import Testing

@testable import Resources

/// Schemas put back into subjects that the target has something of already.
@Suite(.serialized) struct BegunSchemasTests {
    @Test func aHalfFilledSubjectIsCompletedWhateverModeItWasLeftIn() async throws {
        for isImporting in [true, false] {
            try await onAnEmptyTarget { target in
                try await target.importVersions(1, leaving: isImporting)
                let proposal = try await target.propose(begun: true)
                #expect(proposal.conflicts == [])
                #expect(proposal.steps.map(\.action) == ["add", "add"] + (isImporting ? ["clear mode"] : []))
                // Whether the subject had a mode of its own before, no journal tells here.
                #expect(proposal.losses.map(\.id) == (isImporting ? [ResourceID("mode", target.subject)] : []))
                try await target.apply(proposal)
                #expect(try await target.observe() == target.wanted)
                #expect(try await target.propose().steps == [])
            }
        }
    }

    /// Nothing but a journal tells such a subject from what an interrupted restore leaves.
    @Test func aSubjectOfSomebodyElseThatHasTheFirstVersionsIsCompletedOnlyWhereAskedFor() async throws {
        for isImporting in [true, false] {
            try await onAnEmptyTarget { target in
                try await target.importVersions(1, leaving: isImporting)
                let refused = try await target.propose()
                #expect(refused.steps == [] && refused.conflicts.count == (isImporting ? 3 : 2))
                #expect(refused.conflicts.allSatisfy { $0.hint.contains("--existing update") })
                let proposal = try await target.propose(.update)
                #expect(proposal.conflicts == [])
                try await target.apply(proposal)
                #expect(try await target.observe() == target.wanted)
            }
        }
    }

    @Test func aSubjectThatSomebodyElsePutIntoImportModeIsLeftAlone() async throws {
        try await onAnEmptyTarget { target in
            // With all versions there, and with none.
            for count in [0, 3] {
                try await target.clear()
                try await target.importVersions(count, leaving: true)
                if count == 3 { try await target.registry.delete(3, of: target.subject) }
                let id = ResourceID(SchemasKind.mode, target.subject)
                let refused = try await target.propose()
                #expect(refused.conflicts.map(\.id) == [id] && refused.conflicts.first?.hint.contains("--existing update") == true)
                #expect(!refused.steps.contains { $0.action == "clear mode" })
                for (existing, begun) in [(ExistingPolicy.update, false), (.validate, true)] {
                    let proposal = try await target.propose(existing, begun: begun)
                    #expect(proposal.conflicts == [] && proposal.steps.last?.action == "clear mode")
                }
                try await target.apply(try await target.propose(begun: true))
                #expect(try await target.registry.mode(of: .subject(target.subject)) == nil)
                #expect(try await target.observe() == target.wanted)
            }
        }
    }

    @Test func whereOutcomesCannotBeToldWhatWasBegunIsStillPutBack() async throws {
        struct FullDisk: Error {}
        try await onAnEmptyTarget { target in
            // After the version that is registered only to be deleted comes one whose outcome cannot be told, and one that is not begun.
            let more = try ["-y", "-z"].enumerated().map { number, suffix in
                var schema = try SchemaDocument(target.wanted[0])
                schema.subject = target.subject + ByteString(suffix)
                schema.schema = ByteString(#"{"type":"record","name":"More\#(number)","fields":[]}"#)
                schema.id = (schema.id ?? 0) + 900_000 + Int64(number)
                return schema.document
            }
            let proposal = try await target.propose(more: more)
            #expect(proposal.conflicts == [] && proposal.steps.count == 5)
            let told = Told()
            await #expect(throws: FullDisk.self) {
                try await SchemasKind().apply(proposal.steps, to: target.source) { step, outcome in
                    await told.note(step, outcome)
                    if step.id.parts[1] != target.subject { throw FullDisk() }
                }
            }
            #expect(await told.outcomes.count == 5)
            #expect(await told.outcomes.filter { $0.value == .done }.count == 4, "the last was not begun")
            #expect(try await target.observe() == target.wanted, "what was to be deleted is deleted")
            for subject in [target.subject, target.subject + "-y", target.subject + "-z"] {
                #expect(try await target.registry.mode(of: .subject(subject)) == nil)
            }
            var other = target
            other.subject = target.subject + "-y"
            try await other.clear()
        }
    }

    @Test func aSubjectLeftWithoutChecksIsPutBackOnTheEvidenceOfAJournalOnly() async throws {
        try await ClusterFixture.simulated(flavour: .karapace) { source, _ in
            let registry = try #require(source.registry)
            var target = Target(source: source, registry: registry, subject: "begun")
            for number in 1...2 { _ = try await registry.register(Registration(schema: target.schema(number)), under: target.subject) }
            target.wanted = try await target.observe()
            try await registry.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject(target.subject))
            let refused = try await target.propose()
            #expect(refused.conflicts.map(\.hint).allSatisfy { $0.contains("--existing update") } && refused.conflicts.count == 1)
            let proposal = try await target.propose(begun: true)
            #expect(proposal.conflicts == [] && proposal.steps.map(\.action) == ["clear compatibility"])
            try await target.apply(proposal)
            #expect(try await registry.compatibility(of: .subject(target.subject)) == nil)
            // A level of its own in the snapshot is set again instead.
            try await registry.setCompatibility(CompatibilitySetting(level: "NONE"), of: .subject(target.subject))
            target.wanted.insert(Document(id: ResourceID("compatibility", target.subject), body: .object(["level": "FULL"])), at: 0)
            #expect(try await target.propose().conflicts.count == 1)
            #expect(try await target.propose(begun: true).steps.map(\.action) == ["set compatibility"])
        }
    }

    /// A registry that gives ids of its own: what the restore that was killed registered has others than the snapshot.
    @Test func aHalfFilledSubjectIsCompletedWhereIdsCannotBeKept() async throws {
        try await ClusterFixture.simulated(flavour: .karapace) { source, _ in
            let registry = try #require(source.registry)
            var target = Target(source: source, registry: registry, subject: "begun")
            for number in 1...2 { _ = try await registry.register(Registration(schema: target.schema(number)), under: target.subject) }
            target.wanted = try await target.observe().map { document in
                var schema = try SchemaDocument(document)
                schema.id = (schema.id ?? 0) + 100
                return schema.document
            }
            try await registry.delete(2, of: target.subject)
            try await registry.delete(2, of: target.subject, forGood: true)
            #expect(try await target.propose().conflicts.map(\.hint).allSatisfy { $0.contains("--existing update") })
            let proposal = try await target.propose(begun: true)
            #expect(proposal.conflicts == [] && proposal.steps.map(\.action) == ["add"], "\(proposal)")
            try await target.apply(proposal)
            #expect(try await registry.versions(of: target.subject) == [1, 2])
        }
    }

    @Test func versionsOfSomebodyElseAreAConflictAndStay() async throws {
        try await onAnEmptyTarget { target in
            _ = try await target.registry.register(Registration(schema: target.schema(9)), under: target.subject)
            let proposal = try await target.propose()
            #expect(!proposal.conflicts.isEmpty)
            #expect(proposal.conflicts.allSatisfy { $0.hint.contains("--except schemas:") })
            #expect(try await target.registry.versions(of: target.subject) == [1])
        }
    }

    /// The snapshot has the last version as deleted; the restore was killed before it deleted it.
    @Test func aDeletionThatIsStillDueIsMadeUpForWhereNobodyElseCanUseTheVersion() async throws {
        for isImporting in [true, false] {
            try await onAnEmptyTarget { target in
                try await target.importVersions(3, leaving: isImporting)
                let refused = try await target.propose()
                #expect(refused.conflicts.map(\.hint).allSatisfy { $0.contains("--existing update") })
                #expect(refused.conflicts.count == (isImporting ? 2 : 1))
                let proposal = try await target.propose(isImporting ? .validate : .update, begun: isImporting)
                #expect(proposal.conflicts == [] && proposal.steps.first?.action == "delete")
                try await target.apply(proposal)
                #expect(try await target.observe() == target.wanted)
            }
        }
    }

    @Test func whatIsSetOnASubjectWithoutVersionsIsKeptWhereTheOperatorSaysSo() async throws {
        try await onAnEmptyTarget { target in
            try await target.registry.setCompatibility(CompatibilitySetting(level: "FULL"), of: .subject(target.subject))
            try await target.registry.setMode(.readOnly, of: .subject(target.subject))
            let ids = ["compatibility", "mode"].map { ResourceID($0, target.subject) }
            #expect(try await target.propose().conflicts.map(\.id) == ids)
            let proposal = try await target.propose(.update)
            #expect(proposal.conflicts == [] && proposal.losses.map(\.id) == ids)
            try await target.apply(proposal)
            #expect(try await target.registry.mode(of: .subject(target.subject)) == .readOnly)
            #expect(try await target.registry.compatibility(of: .subject(target.subject))?.level == "FULL")
        }
    }

    @Test func whatIsSetOtherwiseOnASubjectWithoutVersionsIsAConflictUnlessToBeUpdated() async throws {
        try await onAnEmptyTarget { target in
            try await target.registry.setCompatibility(CompatibilitySetting(level: "FULL"), of: .subject(target.subject))
            var target = target
            let setting = Document(id: ResourceID("compatibility", target.subject), body: .object(["level": "NONE"]))
            target.wanted.insert(setting, at: 0)
            let refused = try await target.propose()
            #expect(refused.conflicts.map(\.id) == [setting.id] && refused.conflicts.first?.why.contains("FULL") == true)
            let proposal = try await target.propose(.update)
            #expect(proposal.conflicts == [])
            try await target.apply(proposal)
            #expect(try await target.registry.compatibility(of: .subject(target.subject))?.level == "NONE")
        }
    }

    /// Confluent's registry gives the versions of the last id for both then.
    @Test func oneTextUnderTwoIdsOfAContextIsAConflictAndOtherwiseNot() async throws {
        try await onAnEmptyTarget { target in
            func document(_ subject: ByteString, id: Int64, metadata: JSON? = nil) -> Document {
                SchemaDocument(
                    subject: subject, version: 1, id: id, type: "AVRO", schema: target.schema(1).text, references: [], metadata: metadata,
                    ruleSet: nil, isDeleted: false
                ).document
            }
            let base = target.subject
            for (other, expectConflict) in [
                (document(base + "-b", id: 900_000_002), true), (document(base + "-b", id: 900_000_001), false),
                (document(":.ctx:" + base, id: 900_000_002), false),
                (document(base + "-b", id: 900_000_002, metadata: .object(["properties": .object(["a": "b"])])), false),
            ] {
                var target = target
                target.wanted = [document(base, id: 900_000_001), other]
                let proposal = try await target.propose()
                #expect(proposal.conflicts.contains { $0.why.contains("900000001, 900000002") } == expectConflict, "\(other.id)")
                #expect(proposal.conflicts.isEmpty != expectConflict)
            }
        }
    }

    // MARK: Steps

    /// A registry that has nothing under a name of the test's own, and the documents of a subject that was there: two versions and a
    /// third that was deleted.
    private func onAnEmptyTarget(_ body: @Sendable (Target) async throws -> Void) async throws {
        try await ClusterFixture.run { source, prefix in
            // It is about import mode: a simulated registry stands in for a real one that has none.
            if let registry = source.registry, try await registry.probe(forWriting: true).keepsIDs {
                try await onAnEmptySubject(source, registry, prefix, body)
            } else {
                try await ClusterFixture.simulated { source, _ in
                    try await onAnEmptySubject(source, try #require(source.registry), prefix, body)
                }
            }
        }
    }

    private func onAnEmptySubject(
        _ source: Source, _ registry: SchemaRegistryClient, _ prefix: ByteString, _ body: @Sendable (Target) async throws -> Void
    ) async throws {
        var target = Target(source: source, registry: registry, subject: prefix + "begun")
        for number in 1...3 { _ = try await registry.register(Registration(schema: target.schema(number)), under: target.subject) }
        try await registry.delete(3, of: target.subject)
        target.wanted = try await target.observe()
        #expect(target.wanted.count == 3)
        try await target.clear()
        do {
            try await body(target)
        } catch {
            try? await target.clear()
            throw error
        }
        try await target.clear()
    }
}

private actor Told {
    private(set) var outcomes: [Step: StepOutcome] = [:]
    func note(_ step: Step, _ outcome: StepOutcome) { outcomes[step] = outcome }
}

private struct Target: Sendable {
    let source: Source
    let registry: SchemaRegistryClient
    var subject: ByteString
    var wanted: [Document] = []

    func schema(_ number: Int) -> Schema {
        let name = subject.description.filter { $0.isLetter || $0.isNumber }
        let fields = (1...number).map { #"{"name":"f\#($0)","type":"int","default":0}"# }.joined(separator: ",")
        return Schema(type: Schema.avro, text: ByteString(#"{"type":"record","name":"R\#(name)","fields":[\#(fields)]}"#))
    }

    /// Puts the first wanted versions in as a restore does that is killed after them, or that puts the mode back.
    func importVersions(_ count: Int, leaving isImporting: Bool) async throws {
        try await registry.setMode(.import, of: .subject(subject))
        for document in wanted.prefix(count) {
            let schema = try SchemaDocument(document)
            _ = try await registry.register(
                Registration(
                    schema: schema.registration, id: schema.id.map { Int32(clamping: $0) }, version: Int32(clamping: schema.version)),
                under: subject)
        }
        if !isImporting { try await registry.deleteMode(of: .subject(subject)) }
    }

    func observe() async throws -> [Document] {
        try await SchemasKind().observe(Sweep(source)).desired.filter { $0.id.parts.count == 3 && $0.id.parts[1] == subject }
    }

    /// `begun`: whether a journal says that a restore was at the subject and did not finish.
    func propose(
        _ existing: ExistingPolicy = .validate, begun: Bool = false, former: [FormerSetting] = [], more: [Document] = []
    ) async throws -> Proposal {
        var unfinished = Unfinished()
        if begun { unfinished.begun = Set(wanted.map(\.id)) }
        for setting in former { unfinished.former[setting.id] = setting }
        return try await SchemasKind().propose(
            wanted + more,
            ProposalContext(
                target: source, observed: try await SchemasKind().observe(Sweep(source)), existing: existing, offsets: nil,
                remapping: .identity(brokers: []), topicsToCome: [:], evidence: [],
                unfinished: unfinished))
    }

    func apply(_ proposal: Proposal) async throws {
        try await SchemasKind().apply(proposal.steps, to: source) { step, outcome in
            #expect(outcome == .done, "\(step.action) \(step.id)")
        }
    }

    func clear() async throws {
        // Where nothing is set there is nothing to clear.
        try? await registry.deleteMode(of: .subject(subject))
        try? await registry.deleteCompatibility(of: .subject(subject))
        for number in (try? await registry.versions(of: subject)) ?? [] { try await registry.delete(number, of: subject) }
        for number in (try? await registry.versions(of: subject, withDeleted: true)) ?? [] {
            try await registry.delete(number, of: subject, forGood: true)
        }
    }
}
