import Bytes
public import SnapshotModel

/// One change that a plan proposes.
public struct Step: Sendable, Hashable {
    public enum Reversibility: String, Sendable {
        /// Can be undone exactly.
        case reversible
        /// Can be made up for, not undone.
        case compensable
        case irreversible
    }

    public var kind: KindName
    public var stage: Stage
    public var id: ResourceID
    /// A verb for people and for the kind itself: `create`, `alter`, `grow`, `commit`, `register`.
    public var action: String
    /// The target's document as observed; nil where there is none.
    public var from: JSON?
    /// What the step makes of it.
    public var to: JSON?
    public var reversibility: Reversibility

    public init(
        kind: KindName, stage: Stage, id: ResourceID, action: String, from: JSON?, to: JSON?, reversibility: Reversibility
    ) {
        self.kind = kind
        self.stage = stage
        self.id = id
        self.action = action
        self.from = from
        self.to = to
        self.reversibility = reversibility
    }
}

/// What came of a step.
public enum StepOutcome: Sendable, Hashable {
    case done
    /// `cause`: the message without what it says of this very resource, as far as it can be told apart; others may have the same.
    case failed(message: String, hint: String, cause: String? = nil)
    /// The answer was lost, or was a time-out: observe again, never assume.
    case unknown(message: String, hint: String, cause: String? = nil)
    /// Not tried, because of what failed before.
    case skipped(reason: String)

    /// Whether the step's change is not, or perhaps not, on the target.
    public var isFailure: Bool {
        switch self {
        case .failed, .unknown, .skipped: true
        case .done: false
        }
    }
}

/// What stands in the way of a plan; nothing is applied while there is one.
public struct Conflict: Sendable, Hashable {
    public var kind: KindName
    public var id: ResourceID?
    /// What is in the way, in words that others with the same trouble have, too.
    public var cause: String
    /// What of it is this resource's own; empty where nothing is.
    public var detail: String
    public var hint: String
    /// What the snapshot calls the resource, where the target calls it otherwise: options are matched against the snapshot's names.
    public var storedID: ResourceID?
    /// Whether the target differs from the snapshot here. False: it could not be compared.
    public var isDifference: Bool

    public var why: String { detail.isEmpty ? cause : "\(cause): \(detail)" }

    public init(kind: KindName, id: ResourceID?, why cause: String, detail: String = "", hint: String, isDifference: Bool = true) {
        self.kind = kind
        self.id = id
        self.cause = cause
        self.detail = detail
        self.hint = hint
        self.isDifference = isDifference
    }
}

/// What a person should know before approving: a drift, a thing left to the target, a map of ids.
public struct Note: Sendable, Hashable {
    public var kind: KindName
    public var id: ResourceID?
    public var text: String

    public init(kind: KindName, id: ResourceID? = nil, text: String) {
        self.kind = kind
        self.id = id
        self.text = text
    }
}

/// Something of the snapshot that a restore cannot put back: it is named, and the restore does not claim success.
public struct Loss: Sendable, Hashable {
    public var kind: KindName
    public var id: ResourceID?
    public var why: String
    /// Whether the target is known to have it otherwise, and keeps it. False: it is lacking, or could not be compared.
    public var isDifference: Bool

    public init(kind: KindName, id: ResourceID?, why: String, isDifference: Bool = false) {
        self.kind = kind
        self.id = id
        self.why = why
        self.isDifference = isDifference
    }
}

/// What a kind proposes for a target.
public struct Proposal: Sendable {
    public var steps: [Step] = []
    public var conflicts: [Conflict] = []
    public var notes: [Note] = []
    public var losses: [Loss] = []
    /// Rights that the brokers say this user lacks for some of the steps.
    public var missingRights: [MissingRight] = []
    /// What resources inherit otherwise on the target than on the source, as it is before the plan's own changes to broker configs.
    public var inheritedDrift: [InheritedDrift] = []
    /// What they inherited on the source, under their new names; nil where there is no such thing.
    public var inheritance: Inheritance?
    /// What observing the target again must find once the steps are done, in the form that ``Kind/satisfies(_:_:)`` compares.
    public var expected: [Document] = []
    /// What becomes of each committed position, where the kind has any.
    public var positions: [PositionChange] = []

    public init() {}
}

/// Documents made ready for another target.
public struct Remapped: Sendable {
    public var documents: [Document]
    public var conflicts: [Conflict] = []
    public var notes: [Note] = []
    /// What the remapping itself takes from them.
    public var losses: [Loss] = []
    /// What the snapshot calls those that have another id on the target.
    public var storedIDs: [ResourceID: ResourceID] = [:]

    public init(documents: [Document], conflicts: [Conflict] = [], notes: [Note] = []) {
        self.documents = documents
        self.conflicts = conflicts
        self.notes = notes
    }
}
