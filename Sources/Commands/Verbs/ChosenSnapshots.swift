import Recovery
import Repository
import Resources
import SnapshotModel

/// Snapshots that operators named, and what was passed over for them.
struct ChosenSnapshots {
    private let store: Repository
    private let desk: Desk
    private(set) var passedOver: [JSON] = []
    /// Of what is newer than what was chosen and cannot be read: nobody knows what it holds more.
    private var losses: [Loss] = []

    init(_ store: Repository, _ desk: Desk) {
        self.store = store
        self.desk = desk
    }

    /// Says on standard error what the name does not.
    mutating func choose(_ reference: String) async throws -> SnapshotID {
        let choice = try await store.choose(reference)
        passedOver += choice.json(reference)
        losses += choice.passedOver.filter { $0.flaw == .damaged }.map { other in
            Loss(
                kind: .cluster, id: nil,
                why: "\(reference) is snapshot \(choice.id.short) of \(choice.finished): a newer one is damaged, \(other.id.short) of "
                    + "\(other.finished), and what it holds is not put back")
        }
        if let words = choice.words(reference) {
            if choice.isGrave { desk.warn(words + ".") } else { desk.remark(Printable.escape(words) + ".") }
        }
        return choice.id
    }

    /// A plan that tells what its snapshot lacks because a newer one is damaged.
    func judged(_ plan: Plan) -> Plan {
        var plan = plan
        plan.losses = losses + plan.losses
        return plan
    }

    /// An answer with what was passed over for it.
    func adding(to answer: JSON) -> JSON {
        .object((answer.object ?? [:]).merging(["passedOver": .array(passedOver)]) { $1 })
    }
}
