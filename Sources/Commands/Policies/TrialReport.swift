import Bytes
import Policies
import SnapshotModel

/// What a trial of a policy found out about one cluster.
struct TrialReport {
    struct Item {
        enum Severity: String {
            case ok, warning, failure
        }

        /// `policy`, `properties`, `schedule`, `repository`, `cluster`, `snapshot`, a kind, `notification`.
        var check: String
        var severity: Severity
        var detail: String
        /// A sentence; empty where all is well.
        var hint = ""
        var exitCode = ExitCode.success
    }

    var cluster: String
    /// The id that the cluster gave; nil where it was not asked or did not answer.
    var clusterID: ByteString?
    private(set) var items: [Item] = []

    /// With what the policy's reading remarked upon.
    init(_ cluster: ProtectedCluster) {
        self.cluster = cluster.name
        for remark in cluster.remarks { warn("policy", remark.place, hint: remark.hint) }
    }

    mutating func note(_ check: String, _ detail: String) { items.append(Item(check: check, severity: .ok, detail: detail)) }

    mutating func warn(_ check: String, _ detail: String, hint: String) {
        items.append(Item(check: check, severity: .warning, detail: detail, hint: hint))
    }

    mutating func fail(_ check: String, _ explanation: Explanation) {
        items.append(
            Item(
                check: check, severity: .failure, detail: explanation.message, hint: explanation.hint, exitCode: explanation.exitCode))
    }

    /// Of the failure that comes first: what comes later may only follow from it.
    var exitCode: ExitCode { items.first { $0.severity == .failure }?.exitCode ?? .success }

    var json: JSON {
        .object([
            "cluster": .text(cluster), "ready": .bool(exitCode == .success),
            "findings": .array(
                items.map {
                    .object([
                        "check": .text($0.check), "severity": .text($0.severity.rawValue), "detail": .text($0.detail),
                        "hint": .text($0.hint),
                    ])
                }),
        ])
    }

    func render(_ style: Style) -> String {
        var text = "\(style(Printable.escape(cluster), .strong))\n"
        for item in items {
            let tone: Style.Tone = item.severity == .ok ? .good : item.severity == .warning ? .warning : .bad
            text += "  \(style(item.severity.rawValue, tone))  \(item.check): \(Printable.escape(item.detail))\n"
            if !item.hint.isEmpty { text += "    \(style("hint:", .strong)) \(Printable.escape(item.hint))\n" }
        }
        return text
    }
}
