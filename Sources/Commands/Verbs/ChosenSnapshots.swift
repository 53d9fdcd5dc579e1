import Repository
import SnapshotModel

/// Snapshots that operators named, and what was passed over for them.
struct ChosenSnapshots {
    private let store: Repository
    private let desk: Desk
    private(set) var passedOver: [JSON] = []

    init(_ store: Repository, _ desk: Desk) {
        self.store = store
        self.desk = desk
    }

    /// Says on standard error what the name does not.
    mutating func choose(_ reference: String) async throws -> SnapshotID {
        let choice = try await store.choose(reference)
        passedOver += choice.json(reference)
        if let words = choice.words(reference) {
            if choice.isGrave { desk.warn(words + ".") } else { desk.remark(Printable.escape(words) + ".") }
        }
        return choice.id
    }

    /// An answer with what was passed over for it.
    func adding(to answer: JSON) -> JSON {
        .object((answer.object ?? [:]).merging(["passedOver": .array(passedOver)]) { $1 })
    }
}
