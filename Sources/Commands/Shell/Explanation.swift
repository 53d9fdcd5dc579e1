import Bytes
import Recovery
import SnapshotModel

/// An error as an operator sees it: what failed and why, what to do, and how the run ends.
struct Explanation: Hashable, Sendable {
    var message: String
    /// What the message sums up: a line each.
    var details: [String] = []
    /// A sentence.
    var hint: String
    var exitCode: ExitCode

    /// `error:` and `hint:` lines. Everything in them may come from a cluster, so all of it is escaped.
    func render(_ style: Style) -> String {
        let lines = [message] + details.map { "  " + $0 }
        return "\(style("error:", .bad)) \(lines.map { Printable.escape($0) }.joined(separator: "\n"))\n"
            + "\(style("hint:", .strong)) \(Printable.escape(hint))\n"
    }

    /// What `--json` answers in place of the command's own object.
    var json: JSON {
        var members: [ByteString: JSON] = [
            "schema": "tidemark.error/1", "error": .text(exitCode.name), "message": .text(message), "hint": .text(hint),
            "exitCode": .integer(Int64(exitCode.rawValue)),
        ]
        if !details.isEmpty { members["details"] = .array(details.map { .text($0) }) }
        return .object(members)
    }
}
