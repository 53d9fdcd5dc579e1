import Bytes
public import Resources
public import SnapshotModel

/// What a run did, step by step, and what observing again found.
public struct RunReport: Sendable {
    public struct Entry: Sendable, Hashable {
        public var step: Step
        public var outcome: StepOutcome
    }

    /// The run's id; its plan, journal and report are kept under it in the repository.
    public var run: String
    public var plan: Plan
    public var entries: [Entry] = []
    /// What is not as the plan expected; empty where the restore is proved.
    public var differences: [Difference] = []
    /// Kinds whose target could not be read whole when validating.
    public var unproved: [Loss] = []
    /// What topics inherit otherwise on the target, now that everything is done, than they did on the source.
    public var inheritedDrift: [InheritedDrift] = []
    /// What failed beside the steps themselves.
    public var problems: [String] = []
    /// Schemas whose ids the target's registry could not keep.
    public var schemaIDs: [SchemaIDChange] = []
    /// Of how many schemas the plan left the id to the target's registry; nil where it was not looked up what became of them.
    var openIDs: Int?
    /// Whether a signal ended it before its end.
    public var isInterrupted = false

    init(run: String, plan: Plan) {
        self.run = run
        self.plan = plan
    }

    /// What of the snapshot is not restored or not proved. The plan cannot know which ids a registry will give; once it gave them, only those
    /// count that changed.
    public var losses: [Loss] {
        plan.losses.compactMap { loss in
            guard let openIDs, loss == SchemasKind.renumbering(openIDs) else { return loss }
            return schemaIDs.isEmpty ? nil : SchemasKind.renumbering(schemaIDs.count)
        } + unproved
    }

    public var failed: [Entry] {
        entries.filter(\.outcome.isFailure)
    }

    /// What observing again has proved: of a kind that is wholly as the plan expected, nothing is unknown any more.
    mutating func settle() {
        let doubtful = Set(differences.map(\.kind)).union(unproved.map(\.kind))
        let proved = plan.expected.filter { !doubtful.contains($0.key) }.mapValues { Set($0.map(\.id)) }
        for index in entries.indices {
            guard case .unknown = entries[index].outcome, proved[entries[index].step.kind]?.contains(entries[index].step.id) == true else {
                continue
            }
            entries[index].outcome = .done
        }
    }

    /// How the run ended, in one word: what the exit code says.
    public var verdict: Verdict {
        if isInterrupted { return .interrupted }
        if !differences.isEmpty || !failed.isEmpty || !problems.isEmpty { return .validationFailed }
        if !losses.isEmpty { return .partial }
        return plan.steps.isEmpty ? .nothingToDo : .restored
    }

    public enum Verdict: String, Sendable {
        case restored
        case nothingToDo = "nothing-to-do"
        /// All that could be restored was; something of the snapshot could not, or could not be proved.
        case partial
        case validationFailed = "validation-failed"
        /// Ended by a signal: the entries say what was done, what perhaps, and what was not tried.
        case interrupted
    }

    public var json: JSON {
        .object([
            "schema": "tidemark.run/1", "run": .text(ByteString(run)), "plan": .text(ByteString(plan.id)),
            "verdict": .text(ByteString(verdict.rawValue)),
            "entries": .array(
                entries.map { entry in
                    var fields = entry.outcome.json.object ?? [:]
                    fields["kind"] = .text(ByteString(entry.step.kind.rawValue))
                    fields["id"] = entry.step.id.json
                    fields["action"] = .text(ByteString(entry.step.action))
                    return .object(fields)
                }),
            "differences": .array(differences.map(\.json)), "problems": .array(problems.map { .text($0) }),
            "schemaIds": .array(schemaIDs.map(\.json)),
            "losses": .array(losses.map(\.json)), "inheritedDrift": .array(inheritedDrift.map(\.json)),
        ])
    }
}

/// A resource of the target that is not as it was wanted.
public struct Difference: Sendable, Hashable {
    public var kind: KindName
    public var id: ResourceID
    public var expected: JSON?
    public var observed: JSON?

    public init(kind: KindName, id: ResourceID, expected: JSON?, observed: JSON?) {
        self.kind = kind
        self.id = id
        self.expected = expected
        self.observed = observed
    }

    public var json: JSON {
        .object(["kind": .text(ByteString(kind.rawValue)), "id": id.json, "expected": expected ?? .null, "observed": observed ?? .null])
    }
}

extension StepOutcome {
    public var json: JSON {
        switch self {
        case .done: .object(["outcome": "done"])
        case .failed(let message, let hint, _):
            .object(["outcome": "failed", "message": .text(ByteString(message)), "hint": .text(ByteString(hint))])
        case .unknown(let message, let hint, _):
            .object(["outcome": "unknown", "message": .text(ByteString(message)), "hint": .text(ByteString(hint))])
        case .skipped(let reason): .object(["outcome": "skipped", "message": .text(ByteString(reason))])
        }
    }
}
