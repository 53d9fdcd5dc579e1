public import Bytes
public import SnapshotModel

/// One sort of thing in a cluster: how to observe it, and how to change it.
///
/// Restore is not a second program: it observes the target with the code that captured the source, and replays what differs.
/// Laws that one suite runs over every kind: observing what was seeded gives it back; a difference with itself is empty; what
/// was replayed observes as it was wanted; replaying twice is replaying once; the order of documents does not matter; a
/// document round-trips byte for byte; observing changes nothing.
public protocol Kind: Sendable {
    var name: KindName { get }
    /// The step of the documented order at which it is put back.
    var stage: Stage { get }

    /// What operators call the resource: a topic's name, a group's, a subject's, a broker's number.
    func operatorName(of id: ResourceID) -> ByteString

    /// What operators call this part of the resource, where a resource has parts that can be chosen alone: of a group's positions their topic.
    /// Such a name never has a slash in it. Nil for what belongs to the resource as a whole.
    func operatorPart(of id: ResourceID) -> ByteString?
    /// Whether there are such parts.
    var hasParts: Bool { get }

    /// Reads the kind from a live cluster. What could not be read is in the observation's state, never left out silently.
    /// Throws where nothing at all can be said: no broker answers, or the credentials are refused.
    func observe(_ sweep: Sweep) async throws -> Observation

    /// The same, and what `ids` name is looked at in any case: a kind may hold resources that nobody can list.
    func observe(_ sweep: Sweep, naming ids: [ResourceID]) async throws -> Observation

    /// The wanted documents as they must look on another target: renamed, with its broker ids, its replication factor.
    func remap(_ wanted: [Document], _ remapping: Remapping) -> Remapped

    /// The unread parts of a look at the target that keep `wanted` from being put back: what they may hold must not be overwritten unseen.
    func hindrances(in observed: Observation, to wanted: [Document]) -> [SectionState.UnreadPart]

    /// The steps that make `target` hold `wanted`, and what stands in the way.
    func propose(_ wanted: [Document], _ context: ProposalContext) async throws -> Proposal

    /// Does the steps, which are all of this kind and in the order in which they were proposed, and says of each what came of
    /// it. `done` is called for each as soon as its outcome is known. Safe to repeat.
    func apply(_ steps: [Step], to target: Source, done: @Sendable (Step, StepOutcome) async throws -> Void) async throws

    /// The same, of a kind that makes something otherwise while it works. `interim` is told before and after; what it is told before is on
    /// record when it returns.
    func apply(
        _ steps: [Step], to target: Source, interim: @escaping @Sendable (Interim) async throws -> Void,
        done: @Sendable (Step, StepOutcome) async throws -> Void
    ) async throws

    /// Whether ``propose(_:_:)`` asks what earlier restores began on the target and did not finish (``ProposalContext/unfinished``).
    var resumes: Bool { get }

    /// Whether `observed` is what `expected` asks for, where that leaves something to the target.
    func satisfies(_ observed: Document, _ expected: Document) -> Bool
}

extension Kind {
    public func operatorName(of id: ResourceID) -> ByteString { id.parts.first ?? "" }
    public func operatorPart(of id: ResourceID) -> ByteString? { nil }
    public var hasParts: Bool { false }

    public func observe(_ sweep: Sweep, naming ids: [ResourceID]) async throws -> Observation { try await observe(sweep) }

    /// The option that leaves the resource out, as a shell reads it; that leaves out the kind where operators have no name for the resource.
    public func leaving(_ id: ResourceID?) -> String {
        let operatorName = id.map { self.operatorName(of: $0) } ?? ""
        return "--except " + (operatorName.isEmpty ? name.rawValue : ShellWord.rule(name.rawValue, operatorName))
    }

    /// The option that leaves out no more than this part of the resource, where it is one.
    public func leavingPart(_ id: ResourceID) -> String {
        guard let part = operatorPart(of: id) else { return leaving(id) }
        return "--except " + ShellWord.rule(name.rawValue, operatorName(of: id) + "/" + part)
    }
    public var resumes: Bool { false }
    public func apply(
        _ steps: [Step], to target: Source, interim: @escaping @Sendable (Interim) async throws -> Void,
        done: @Sendable (Step, StepOutcome) async throws -> Void
    ) async throws {
        try await apply(steps, to: target, done: done)
    }
    public func hindrances(in observed: Observation, to wanted: [Document]) -> [SectionState.UnreadPart] { observed.state.unread }
    public func remap(_ wanted: [Document], _ remapping: Remapping) -> Remapped { Remapped(documents: wanted) }
    public func satisfies(_ observed: Document, _ expected: Document) -> Bool { observed == expected }
}

/// The documented order of a restore. Raw values are the words of `--stage`.
public enum Stage: String, Sendable, CaseIterable, Comparable {
    /// Only compared, never changed: identity, brokers, feature levels.
    case preflight
    /// Dynamic broker configs.
    case cluster
    case topics
    case schemas
    case offsets
    /// Observing again: what was applied must be there.
    case validate

    public static func < (left: Stage, right: Stage) -> Bool { left.order < right.order }
    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// What one look at a kind found.
public struct Observation: Sendable {
    public var kind: KindName
    /// What can be put back, sorted by id.
    public var desired: [Document]
    /// What is only recorded, sorted by id.
    public var evidence: [Document]
    /// How much of the desired part was read.
    public var state: SectionState
    /// How much of the evidence was read, as far as the desired part does not suffer.
    public var evidenceState: SectionState
    public var gaps: [Gap]
    /// Which resource an unread part of the desired one is, where it is one resource's. Not stored: it is for who looked.
    public var places: [SectionState.UnreadPart: ResourceID]

    public init(
        kind: KindName, desired: [Document] = [], evidence: [Document] = [], state: SectionState, evidenceState: SectionState = .stable,
        gaps: [Gap] = [], places: [SectionState.UnreadPart: ResourceID] = [:]
    ) {
        self.kind = kind
        self.desired = desired.sorted { $0.id < $1.id }
        self.evidence = evidence.sorted { $0.id < $1.id }
        self.state = state
        self.evidenceState = evidenceState
        self.gaps = gaps
        self.places = places
    }
}
