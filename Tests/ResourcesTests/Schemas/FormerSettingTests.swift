import Bytes
import ClusterFixture
import KafkaSimulator
import NIOConcurrencyHelpers
import SchemaRegistryClient
import SnapshotModel
import Testing

@testable import Resources

/// What a restore changes on subjects for the time of its work is on record before it does, and comes back with the restore that goes on.
@Suite(.serialized) struct FormerSettingTests {
    struct Unwritten: Error {}

    @Test(arguments: [RegistryFlavour.confluent, .karapace]) func nothingIsChangedBeforeWhatWasThereIsOnRecord(
        _ flavour: RegistryFlavour
    ) async throws {
        try await onASubject(flavour) { subject in
            try await subject.set(subject.own)
            // What only the target has set there is in the way until the operator says that it may stay.
            let refused = try await subject.propose()
            #expect(refused.conflicts.map(\.id) == [subject.settingID])
            let proposal = try await subject.propose(.update)
            #expect(proposal.losses.compactMap(\.id) == [subject.settingID])
            #expect(proposal.conflicts == [] && proposal.steps.map(\.action) == ["register", "register"])
            await #expect(throws: Unwritten.self) {
                try await SchemasKind().apply(proposal.steps, to: subject.source, interim: { _ in throw Unwritten() }) { _, _ in }
            }
            #expect(try await subject.setting() == subject.own)
            #expect(try await subject.versions() == [])

            let told = Told()
            try await SchemasKind().apply(
                proposal.steps, to: subject.source,
                interim: { event in await told.note(event, try await subject.setting()) }, done: { _, outcome in #expect(outcome == .done) }
            )
            let former = FormerSetting(id: subject.settingID, body: subject.own)
            #expect(await told.events == [.changing([former]), .undoing, .restored([subject.settingID])])
            #expect(await told.found == [subject.own, subject.interim, subject.own])
        }
    }

    @Test(arguments: [RegistryFlavour.confluent, .karapace]) func theRestoreThatGoesOnPutsBackWhatWasThereBeforeTheKilledOne(
        _ flavour: RegistryFlavour
    ) async throws {
        try await onASubject(flavour) { subject in
            for former in [subject.own, nil] {
                try await subject.set(subject.interim)
                let known = [FormerSetting(id: subject.settingID, body: former, isObserved: false)]
                let proposal = try await subject.propose(begun: true, former: known)
                #expect(proposal.conflicts == [])
                #expect(proposal.losses.filter { $0.id != nil }.map(\.why) == (former == nil ? [] : [subject.kept]))
                // Killed once more, after the versions: the second journal says the same as the first.
                let told = Told()
                try await SchemasKind().apply(
                    proposal.steps, to: subject.source, interim: { event in await told.note(event, nil) },
                    done: { _, outcome in #expect(outcome == .done) })
                #expect(await told.events.first == .changing(known))
                try await subject.set(subject.interim)
                let again = try await subject.propose(begun: true, former: known)
                #expect(again.steps.count == 1 && again.steps.first?.to == former)
                try await subject.apply(again)
                #expect(try await subject.setting() == former)
                #expect(try await subject.propose(former: known).steps == [])
                try await subject.clear()
            }
        }
    }

    @Test(arguments: [RegistryFlavour.confluent, .karapace]) func whatWasThereAndIsNotOnRecordIsALoss(_ flavour: RegistryFlavour)
        async throws
    {
        try await onASubject(flavour) { subject in
            try await subject.set(subject.interim)
            let proposal = try await subject.propose(begun: true)
            #expect(proposal.conflicts == [])
            #expect(proposal.losses.contains { $0.id == subject.settingID && $0.why.contains("did not write down") })
            try await subject.apply(proposal)
            #expect(try await subject.setting() == nil)
        }
    }

    @Test func aSubjectThatSomebodyPutsIntoImportModeAfterThePlanIsLeftAlone() async throws {
        try await onASubject(.confluent) { subject in
            let proposal = try await subject.propose()
            try await subject.set(subject.interim)
            let outcomes = NIOLockedValueBox<[StepOutcome]>([])
            let error = try await #require(throws: (any Error).self) {
                try await SchemasKind().apply(proposal.steps, to: subject.source) { _, outcome in
                    outcomes.withLockedValue { $0.append(outcome) }
                }
            }
            #expect("\(error)".contains("import mode after the plan was made"))
            #expect(try await subject.setting() == subject.interim)
            // Nothing was sent: no later restore may take it for what this one left.
            let skipped = StepOutcome.skipped(reason: "the registry could not be prepared")
            #expect(outcomes.withLockedValue { $0 } == [skipped, skipped])
        }
    }

    private func onASubject(_ flavour: RegistryFlavour, _ body: @Sendable (Subject) async throws -> Void) async throws {
        try await ClusterFixture.simulated(flavour: flavour) { source, _ in
            let registry = try #require(source.registry)
            var subject = Subject(source: source, registry: registry, hasModes: flavour == .confluent)
            for fields in [#"{"name":"a","type":"int"}"#, #"{"name":"a","type":"int"},{"name":"b","type":"int","default":0}"#] {
                let schema = Schema(text: ByteString(#"{"type":"record","name":"O","fields":[\#(fields)]}"#))
                _ = try await registry.register(Registration(schema: schema), under: subject.name)
            }
            subject.wanted = try await SchemasKind().observe(Sweep(source)).desired.filter { $0.id.parts.count == 3 }
            try await subject.clear()
            try await body(subject)
        }
    }
}

private actor Told {
    private(set) var events: [Interim] = []
    private(set) var found: [JSON?] = []
    func note(_ event: Interim, _ setting: JSON?) {
        events.append(event)
        found.append(setting)
    }
}

/// A subject of a registry with import mode, or of one without, and the setting that a restore changes there.
private struct Subject: Sendable {
    let source: Source
    let registry: SchemaRegistryClient
    let hasModes: Bool
    let name: ByteString = "orders-value"
    var wanted: [Document] = []

    /// What somebody chose.
    var own: JSON { .object(["level": hasModes ? "READONLY" : "FULL"]) }
    /// What a restore makes of it meanwhile.
    var interim: JSON { .object(["level": hasModes ? "IMPORT" : "NONE"]) }
    /// What is said of it where the snapshot has nothing of the kind.
    var kept: String { "it keeps \(hasModes ? "mode READONLY" : "compatibility level FULL"), which the snapshot does not have" }
    var settingID: ResourceID { ResourceID(hasModes ? "mode" : "compatibility", name) }

    func setting() async throws -> JSON? {
        guard hasModes else { return try await registry.compatibility(of: .subject(name))?.body }
        return try await registry.mode(of: .subject(name)).map { .object(["level": .text(ByteString($0.rawValue))]) }
    }

    func versions() async throws -> [ResourceID] {
        try await SchemasKind().observe(Sweep(source)).desired.map(\.id).filter { $0.parts.count == 3 }
    }

    func set(_ body: JSON) async throws {
        if hasModes {
            try await registry.setMode(RegistryMode(body: body), of: .subject(name), force: true)
        } else {
            try await registry.setCompatibility(CompatibilitySetting(body: body), of: .subject(name))
        }
    }

    func propose(
        _ existing: ExistingPolicy = .validate, begun: Bool = false, former: [FormerSetting] = []
    ) async throws -> Proposal {
        var unfinished = Unfinished()
        if begun { unfinished.begun = Set(wanted.map(\.id)) }
        for setting in former { unfinished.former[setting.id] = setting }
        return try await SchemasKind().propose(
            wanted,
            ProposalContext(
                target: source, observed: try await SchemasKind().observe(Sweep(source)), existing: existing, offsets: nil,
                remapping: .identity(brokers: []), topicsToCome: [:], evidence: [], unfinished: unfinished))
    }

    func apply(_ proposal: Proposal) async throws {
        try await SchemasKind().apply(proposal.steps, to: source) { step, outcome in
            #expect(outcome == .done, "\(step.action) \(step.id)")
        }
    }

    func clear() async throws {
        // Where nothing is set there is nothing to clear.
        try? await registry.deleteMode(of: .subject(name))
        try? await registry.deleteCompatibility(of: .subject(name))
        for forGood in [false, true] {
            for number in (try? await registry.versions(of: name, withDeleted: forGood)) ?? [] {
                try await registry.delete(number, of: name, forGood: forGood)
            }
        }
    }
}
