import Agent
import ArgumentParser
import Bytes
import Repository
import Seams
import SnapshotModel

struct Check: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Proves that a repository is whole.",
        discussion: """
            Looks at every manifest and for every object that one names. With --read-data every byte is read and compared with its \
            hash. Nothing is changed. Exit code 15 says that a snapshot lost something; those that are whole are listed and stay readable.
            """)

    @Flag(help: "Read every object, too.")
    var readData = false
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var metrics: MetricsFileOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode { try await metrics.leaving(desk) { try await perform(desk, $0) } }

    private func perform(_ desk: Desk, _ record: OneShotRecord) async throws -> ExitCode {
        desk.ifStopped("the check was not finished; checking changes nothing")
        let protected = try policy.chosen()
        let told = OneShotSamples(cluster: protected?.name ?? "", job: .check)
        record.tell { told.ending($0, success: nil) }
        let store = try await repository.open(desk.shell, protected)
        let began = desk.shell.time.now()
        let earlier = record.isAsked ? try await lastSuccess(store, protected?.name) : nil
        record.tell { told.ending($0, success: earlier) }
        let report = try await store.check(readData: readData) { progress in
            desk.progress.show("checking", "\(Units.count(progress.objects, "object")), \(Units.bytes(progress.bytes))")
        }
        record.tell { told.ending($0, success: report.isSound ? began : earlier) + report.samples(cluster: told.cluster) }
        desk.answer("check", report.members) { CheckText(report).render($0) }
        return report.isSound ? .success : .repositoryDamaged
    }

    /// As agents noted it; nil where none did.
    private func lastSuccess(_ store: Repository, _ name: String?) async throws -> Timestamp? {
        guard let name, let record = try await store.turns(of: name)?.record(Job.check.rawValue), record.isComplete else { return nil }
        return record.began
    }
}

extension CheckReport {
    var members: [ByteString: JSON] {
        [
            "sound": .bool(isSound), "readData": .bool(didReadData), "whole": .array(whole.map { .text($0.description) }),
            "damaged": .array(damaged.map { .text($0.description) }), "objects": .integer(objects), "bytes": .integer(bytes),
            "findings": .array(
                findings.map {
                    .object([
                        "severity": .text($0.severity.rawValue), "sort": .text($0.sort), "path": .text($0.path.description),
                        "message": .text($0.message), "hint": .text($0.hint),
                        "snapshots": .array($0.snapshots.map { .text($0.description) }),
                    ])
                }),
        ]
    }
}

/// A check's report for people.
struct CheckText {
    let report: CheckReport

    init(_ report: CheckReport) { self.report = report }

    func render(_ style: Style) -> String {
        var text = ""
        for severity in CheckReport.Severity.allCases.reversed() {
            for finding in report.findings(severity) {
                text += "\(style(severity.rawValue + ":", severity.tone)) \(Printable.escape(finding.message))"
                if !finding.snapshots.isEmpty { text += " (snapshots \(finding.snapshots.map(\.short).joined(separator: " ")))" }
                text += "\n  hint: \(Printable.escape(finding.hint))\n"
            }
        }
        if !text.isEmpty { text += "\n" }
        let how = report.didReadData ? "every byte read" : "their lengths compared (--read-data reads every byte)"
        text += "\(Units.count(report.whole.count, "snapshot")) whole"
        if !report.damaged.isEmpty {
            text += ", " + style("\(report.damaged.count) damaged", .bad) + ": \(report.damaged.map(\.short).joined(separator: " "))"
        }
        return text + ". \(Units.count(report.objects, "object")), \(Units.bytes(report.bytes)), \(how).\n"
    }
}

extension CheckReport.Severity {
    var tone: Style.Tone {
        switch self {
        case .note: .faint
        case .warning: .warning
        case .error: .bad
        }
    }
}
