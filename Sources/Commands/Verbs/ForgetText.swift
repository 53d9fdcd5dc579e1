import Recovery
import Repository
import SnapshotModel

extension ForgetReport {
    /// `tidemark.forget/1`, with what a prune after it freed.
    func json(pruned: PruneReport?) -> JSON {
        guard case .object(var members) = json, let pruned else { return json }
        members["prune"] = pruned.json
        return .object(members)
    }
}

extension ForgetReport.Line {
    /// Why it stays, or that nothing keeps it.
    var reasons: String {
        verdict.isKept
            ? verdict.reasons.map(\.description).joined(separator: ", ") : manifest == nil ? "damaged, and named" : "nothing keeps it"
    }
}

/// What became of each snapshot, for people.
struct ForgetText {
    let report: ForgetReport

    init(_ report: ForgetReport) { self.report = report }

    func render(_ style: Style) -> String { table(style) + summary(style) }

    func table(_ style: Style) -> String {
        guard !report.lines.isEmpty else { return "" }
        var table = Table(["snapshot", "taken", "cluster", "trust", "tags", "verdict", "why"].map { .init($0) })
        for line in report.lines {
            let grade = line.manifest?.certificate.grade
            table.add(
                .init(line.id.short), .init(Units.moment(line.manifest?.started ?? line.finished)),
                .init(printable: Printable.escape(line.manifest?.clusterID ?? "")),
                .init(grade?.rawValue ?? "damaged", grade?.tone ?? .bad),
                .init(line.manifest?.tags.joined(separator: " ") ?? ""),
                line.verdict.isKept ? .init("keep", .good) : .init("forget", .warning), .init(line.reasons))
        }
        return table.render(style)
    }

    func summary(_ style: Style) -> String {
        let (forgotten, kept) = (Units.count(report.forgotten.count, "snapshot"), Units.count(report.kept.count))
        var text = report.isRehearsal ? "\(forgotten) would be forgotten, \(kept) stay.\n" : "\(forgotten) forgotten, \(kept) kept.\n"
        if !report.unreadable.isEmpty {
            text +=
                style("damaged:", .bad) + " \(report.unreadable.map(\.short).joined(separator: " ")) cannot be read, and no rule touches "
                + "what cannot be read; `tidemark check` says why.\n"
        }
        return text
    }
}
