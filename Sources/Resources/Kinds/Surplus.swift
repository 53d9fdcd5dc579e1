import SnapshotModel

/// What only the target has of a resource that the snapshot holds, too: a difference like any other. A restore deletes nothing, so it stands
/// in the way, or stays and is said where the operator asked for an update. Of resources that the snapshot does not hold nothing is said.
struct Surplus {
    var id: ResourceID
    /// `configs cleanup.policy, retention.bytes`.
    var what: String
}

extension Proposal {
    mutating func note(_ surplus: Surplus, of kind: any Kind, _ context: ProposalContext) {
        guard context.existing != .update else { return losses.append(surplus.loss(of: kind.name)) }
        conflicts.append(
            Conflict(
                kind: kind.name, id: surplus.id, why: Surplus.cause, detail: surplus.what,
                hint: "give --existing update to leave it there, or leave it out with \(kind.leavingPart(context.stored(surplus.id)))."))
    }
}

extension Surplus {
    static let cause = "the target has more here than the snapshot"

    func loss(of kind: KindName) -> Loss {
        Loss(kind: kind, id: id, why: "it keeps \(what), which the snapshot does not have", isDifference: true)
    }
}
