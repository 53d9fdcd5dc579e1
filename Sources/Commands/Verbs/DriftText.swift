import Resources
import SnapshotModel

/// What topics inherit otherwise, a line for each config and pair of values.
struct DriftText {
    let drifts: [InheritedDrift]

    init(_ drifts: [InheritedDrift]) { self.drifts = drifts }

    var lines: [String] {
        drifts.map { drift in
            "\(Printable.escape(drift.config)): \(value(drift.from)) → \(value(drift.to)) for \(Units.count(drift.topics.count, "topic"))"
                + " (\(Causes.list(drift.topics)))"
        }
    }

    private func value(_ json: JSON?) -> String {
        guard let json else { return "Kafka's default" }
        return json == .null ? "a hidden value" : Outline.inline(json)
    }
}
