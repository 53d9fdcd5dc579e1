import Bytes
import Recovery
import Resources
import SnapshotModel

/// What a restore did, for a person: what failed once for each cause, what is not as planned, and how it ended.
struct RunText {
    let report: RunReport
    let elapsed: Duration
    let isVerbose: Bool

    init(_ report: RunReport, _ elapsed: Duration, isVerbose: Bool) {
        self.report = report
        self.elapsed = elapsed
        self.isVerbose = isVerbose
    }

    func render(_ style: Style) -> String {
        var text = "\n"
        text += lines("failed: ", .bad, Causes(report.failed.map { item($0) }), style)
        let absent = report.differences.filter { $0.observed == nil }
        text += lines("not as planned: ", .bad, Causes(absent.map { .init(kind: $0.kind, id: $0.id, cause: "it is not there") }), style)
        for difference in report.differences where difference.observed != nil {
            text += style("not as planned: ", .bad) + "\(difference.kind) \(difference.id.printable)\n"
            text += FieldChange.between(difference.expected, difference.observed).map { "      \($0.text)\n" }.joined()
        }
        for problem in report.problems { text += style("failed: ", .bad) + Printable.escape(problem) + "\n" }
        for change in report.schemaIDs {
            text +=
                "schema id \(change.from) is now \(change.to.map { "\($0)" } ?? "nowhere"): \(ResourceID(change.subject, change.version).printable)\n"
        }
        let losses = Causes(report.losses.map { .init(kind: $0.kind, id: $0.id, cause: $0.why) })
        text += lines("not restored: ", .warning, losses, style)
        for line in DriftText(report.inheritedDrift).lines { text += style("inherited otherwise: ", .warning) + line + "\n" }
        let done = report.entries.filter { $0.outcome == .done }.count
        text +=
            "\(verdict(style)): \(Units.count(done)) of \(Units.count(report.entries.count, "change")) done in \(Units.duration(elapsed))"
        if report.differences.isEmpty {
            // Somebody else, or an earlier try, may have done what this run could not.
            text +=
                report.verdict == .validationFailed
                ? "; all the same the target, observed again, is as planned" : ", observed again and as planned"
        }
        return text + ". Run \(Printable.escape(report.run)) is kept in the repository.\n"
    }

    private func verdict(_ style: Style) -> String {
        switch report.verdict {
        case .restored: style("Restored", .good)
        case .nothingToDo: style("Nothing to do", .good)
        case .partial: style("Restored in part", .warning)
        case .validationFailed: style("Not restored as planned", .bad)
        case .interrupted: style("Interrupted", .bad)
        }
    }

    /// A line for each cause, or with `--verbose` for each resource.
    private func lines(_ title: String, _ tone: Style.Tone, _ causes: Causes, _ style: Style) -> String {
        causes.lines(all: isVerbose).map { style(title, tone) + $0 + "\n" }.joined()
    }

    private func item(_ entry: RunReport.Entry) -> Causes.Item {
        var item = Causes.Item(kind: entry.step.kind, id: entry.step.id, cause: "")
        switch entry.outcome {
        case .done: break
        case .failed(let message, let hint, let cause): (item.cause, item.hint) = (cause ?? message, hint)
        case .unknown(let message, let hint, let cause): (item.cause, item.hint) = ("outcome unknown: \(cause ?? message)", hint)
        case .skipped(let why): item.cause = "not tried: \(why)"
        }
        return item
    }
}
