public import SnapshotModel

/// What to do about a resource that the target already has.
public enum ExistingPolicy: String, Sendable, CaseIterable {
    /// It must already be as wanted; anything else is a conflict.
    case validate
    /// It is altered where that loses nothing.
    case update
    /// Its mere being there is a conflict.
    case fail
}

/// Where a restored group's positions stand, on topics whose records were not restored with them.
public enum OffsetMode: String, Sendable, CaseIterable {
    /// As captured, also beyond the end of the target's log.
    case exact
    /// As captured, but moved to the nearest of the target's log start and end where it lies outside.
    case bounded
    /// The target's log start.
    case start
    /// No position is committed.
    case none
}

/// What a kind needs to know to propose steps.
public struct ProposalContext: Sendable {
    /// The target, for what must be looked up beyond the observation.
    public var target: Source
    /// The target as observed now, this kind.
    public var observed: Observation
    public var existing: ExistingPolicy
    /// Nil where the operator did not choose.
    public var offsets: OffsetMode?
    public var remapping: Remapping
    /// The topics that this plan creates, with their number of partitions.
    public var topicsToCome: [ResourceID: Int]
    /// The snapshot's evidence of this kind, sorted by id.
    public var evidence: [Document]
    /// What earlier restores from this repository left on this very target, this kind.
    public var unfinished: Unfinished
    /// Whether all was read of what the snapshot holds, so that what it does not hold of a resource was not there.
    public var isWhole: Bool
    /// What the snapshot calls the resources that have another id on the target.
    public var storedIDs: [ResourceID: ResourceID]
    /// What the snapshot lacks of this kind, and knows to lack; by the snapshot's ids.
    public var gaps: [Gap]

    public init(
        target: Source, observed: Observation, existing: ExistingPolicy, offsets: OffsetMode?, remapping: Remapping,
        topicsToCome: [ResourceID: Int], evidence: [Document], unfinished: Unfinished = Unfinished(), isWhole: Bool = true,
        storedIDs: [ResourceID: ResourceID] = [:], gaps: [Gap] = []
    ) {
        self.target = target
        self.observed = observed
        self.existing = existing
        self.offsets = offsets
        self.remapping = remapping
        self.topicsToCome = topicsToCome
        self.evidence = evidence
        self.unfinished = unfinished
        self.isWhole = isWhole
        self.storedIDs = storedIDs
        self.gaps = gaps
    }

    /// What options call the resource of the target: they are matched against the snapshot's names.
    func stored(_ id: ResourceID) -> ResourceID { storedIDs[id] ?? id }

    /// The target's documents by id.
    public var observedByID: [ResourceID: Document] {
        Dictionary(observed.desired.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }
}
