import Bytes
import Repository
import SnapshotModel

extension SnapshotChoice {
    /// How many of those that were passed over are named.
    private static let named = 3

    /// What an operator must be told who gave this name; nil where it came to just what it says.
    func words(_ reference: String) -> String? {
        guard !passedOver.isEmpty || flaw != nil else { return nil }
        var text = "\(reference) is snapshot \(id.short) of \(Units.moment(finished))"
        if let flaw { text += ", which is \(flaw.word): there is no better one" }
        guard !passedOver.isEmpty else { return text }
        // What is damaged or suspect weighs more than what was narrowed, and comes every few minutes.
        let order = passedOver.filter(\.flaw.isGrave) + passedOver.filter { !$0.flaw.isGrave }
        let list = order.prefix(Self.named).map { "\($0.id.short) of \(Units.moment($0.finished)), \($0.flaw.word)" }
        let rest = order.count - list.count
        return text + "; passed over: \(list.joined(separator: "; "))\(rest > 0 ? "; and \(Units.count(rest)) more" : "")"
            + ". Give an id to take one of them"
    }

    /// Whether it is more than that snapshots of a narrower selection come in between.
    var isGrave: Bool { flaw != nil || passedOver.contains(where: \.flaw.isGrave) }

    /// The members of an answer's `passedOver`.
    func json(_ reference: String) -> [JSON] {
        passedOver.map { other in
            var fields: [ByteString: JSON] = [
                "reference": .text(reference), "id": .text(other.id.description), "finished": .text(other.finished.description),
            ]
            switch other.flaw {
            case .suspect: fields["why"] = "suspect"
            case .damaged: fields["why"] = "damaged"
            case .narrowed(let selection): (fields["why"], fields["selection"]) = ("narrowed", .text(selection))
            }
            return .object(fields)
        }
    }
}

extension SnapshotFlaw {
    fileprivate var isGrave: Bool {
        switch self {
        case .suspect, .damaged: true
        case .narrowed: false
        }
    }

    fileprivate var word: String {
        switch self {
        case .damaged: "damaged"
        case .suspect: "suspect"
        case .narrowed(let selection): "narrowed to \(selection)"
        }
    }
}
