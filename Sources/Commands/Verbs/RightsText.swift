import Recovery
import Resources
import SnapshotModel

/// The rights that a user lacks for a plan: each once, with what cannot be done without it and the command that grants it.
struct RightsText {
    let plan: Plan

    init(_ plan: Plan) { self.plan = plan }

    var lines: [String] {
        plan.lackedRights.map { right in
            let user = plan.principal.map { "the user \(Printable.escape($0).dropFirst("User:".count))" } ?? "this user"
            return "\(user) lacks \(right.operation.word) on \(place(right)): \(consequence(right)) (\(Causes.list(right.ids)))"
                + "\n    hint: \(right.command)"
        }
    }

    private func place(_ right: LackedRight) -> String {
        switch right.resource {
        case .cluster: "the cluster"
        case .topic: right.operation == .create ? "the cluster and on the topics" : Units.count(right.names.count, "topic")
        case .group: Units.count(right.names.count, "group")
        }
    }

    private func consequence(_ right: LackedRight) -> String {
        switch (right.kind, right.action) {
        case (.topics, "create") where right.operation == .describe:
            "\(Units.count(right.ids.count, "topic")) would be created and not be seen"
        case (.topics, "create"): "\(Units.count(right.ids.count, "topic")) cannot be created"
        case (.topics, "grow"): "\(Units.count(right.ids.count, "topic")) cannot be given more partitions"
        case (.topics, _): "configs of \(Units.count(right.ids.count, "topic")) cannot be altered"
        case (.brokerConfigs, _): "broker configs cannot be altered"
        case (.consumerGroups, _): "positions cannot be committed"
        default: "\(right.kind) cannot be restored"
        }
    }
}
