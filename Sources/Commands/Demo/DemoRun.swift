import Bytes
import Foundation
import Recovery
import Repository
import Resources
import SnapshotModel
import Storage

/// The demo: a company's cluster backed up, lost, restored onto other brokers, and proved equal.
struct DemoRun {
    let desk: Desk
    /// Where the repository is made; a directory that does not exist.
    let directory: String

    /// What each act found, for the screen and for `--json`.
    struct Outcome: Sendable {
        var acts: [Act] = []
        var backup: CaptureReport?
        var run: RunReport?
        var differences = 0
        var before = DemoSample()
        var after = DemoSample()
        var caveats: [String] = []
        var isProved: Bool {
            guard let run else { return false }
            return differences == 0 && caveats.isEmpty && run.failed.isEmpty && run.differences.isEmpty
        }
    }

    struct Act: Sendable {
        var title: String
        var detail: String
        var duration: Duration
    }

    func run() async throws -> Outcome {
        var outcome = Outcome()
        let shell = desk.shell
        let repository = try await Repository.initialize(
            DirectoryStorage(root: directory, time: shell.time), codec: .zstd, time: shell.time, chance: shell.chance)
        outcome = try await DemoCluster.with(brokers: [1, 2, 3], shell) { [outcome] company in
            var outcome = outcome
            try await act("fill", &outcome) {
                try await Seeding(client: company.source.client, registry: company.registry, time: shell.time).run()
                return "a company's cluster on brokers 1 2 3: \(Company.topics.count) topics, \(Company.groups.count) groups, "
                    + "\(Company.schemas.count) schemas"
            }
            outcome.before = try await DemoSample.take(of: company)
            try await act("back up", &outcome) { outcome in
                let report = try await capture(company.source, repository)
                outcome.backup = report
                return "snapshot \(report.snapshot.short), \(report.manifest.certificate.grade.rawValue): \(counts(report)); "
                    + "\(Units.count(report.calls, "call")), \(Units.count(report.objectsWritten, "object")), \(Units.bytes(report.bytesWritten))"
            }
            try await act("again", &outcome) {
                let second = try await capture(company.source, repository)
                return (second.isUnchanged ? "nothing changed" : "something moved")
                    + ": \(Units.count(second.objectsWritten, "new object")), \(Units.bytes(second.bytesWritten))"
            }
            try await act("lose", &outcome) {
                for id in [Int32(1), 2, 3] { await company.cluster.killBroker(id) }
                return "brokers 1 2 3 and the schema registry are gone, and all that they held"
            }
            return outcome
        }
        guard let snapshot = outcome.backup?.snapshot else { return outcome }
        return try await DemoCluster.with(brokers: [101, 102, 103], shell) { [outcome] empty in
            var outcome = outcome
            var options = RestoreOptions()
            options.offsets = .exact
            let plan = try await timed("plan", &outcome) {
                let plan = try await Planning(
                    repository: repository, snapshot: snapshot, target: empty.source, options: options, progress: { desk.show($0) }
                ).run()
                return (plan, "onto empty brokers 101 102 103: \(steps(plan)); \(Units.count(plan.conflicts.count, "conflict"))")
            }
            outcome.run = try await timed("restore", &outcome) {
                let report = try await Replay(
                    repository: repository, target: empty.source, time: shell.time, chance: shell.chance, progress: { desk.show($0) }
                ).run(plan)
                let done = report.entries.filter { $0.outcome == .done }.count
                return (
                    report,
                    "\(Units.count(done)) of \(Units.count(report.entries.count, "change")) done, \(Units.count(report.failed.count)) failed; "
                        + "observed again: \(Units.count(report.differences.count)) not as planned"
                )
            }
            let remapping = Remapping(brokers: plan.brokers, targetBrokers: plan.brokers.values.sorted())
            let comparison: Comparison = try await timed("compare", &outcome) {
                let comparison = try await Comparison.live(
                    snapshot, in: repository, source: empty.source, selection: Self.restorable, remapping: remapping)
                let count = comparison.kinds.reduce(0) { $0 + $1.changes.count }
                return (comparison, count == 0 ? "snapshot and restored cluster: no differences" : Units.count(count, "difference"))
            }
            outcome.differences = comparison.kinds.reduce(0) { $0 + $1.changes.count }
            outcome.caveats = comparison.caveats
            outcome.after = try await DemoSample.take(of: empty)
            return outcome
        }
    }

    /// What a restore puts back; the cluster itself, and its brokers' own settings, are another's.
    private static let restorable = Selection(
        only: [.init(kind: .topics), .init(kind: .consumerGroups), .init(kind: .schemas)])

    private func capture(_ source: Source, _ repository: Repository) async throws -> CaptureReport {
        try await Capture(
            source: source, repository: repository, options: Capture.Options(toolVersion: Release.version), time: desk.shell.time,
            progress: { desk.show($0) }
        ).run()
    }

    private func counts(_ report: CaptureReport) -> String {
        report.sections.filter { $0.desired > 0 }.map { Units.count($0.desired, Self.noun($0.kind)) }.joined(separator: ", ")
    }

    /// What one document of a kind is, in words.
    private static func noun(_ kind: KindName) -> String {
        switch kind {
        case .topics: "topic"
        case .consumerGroups: "group position"
        case .schemas: "schema document"
        case .brokerConfigs: "broker config"
        default: "document of \(kind)"
        }
    }

    private func steps(_ plan: Plan) -> String {
        let byKind = Dictionary(grouping: plan.steps, by: \.kind)
        let parts = Kinds.all.compactMap { kind in byKind[kind.name].map { Units.count($0.count, Self.noun(kind.name)) } }
        return "\(Units.count(plan.steps.count, "change")) (\(parts.joined(separator: ", ")))"
    }

    private func act(_ title: String, _ outcome: inout Outcome, _ body: () async throws -> String) async throws {
        try await timed(title, &outcome) { ((), try await body()) }
    }

    private func act(_ title: String, _ outcome: inout Outcome, _ body: (inout Outcome) async throws -> String) async throws {
        let began = desk.shell.time.uptime()
        let detail = try await body(&outcome)
        note(Act(title: title, detail: detail, duration: desk.shell.time.uptime() - began), &outcome)
    }

    private func timed<Value>(_ title: String, _ outcome: inout Outcome, _ body: () async throws -> (Value, String)) async throws -> Value {
        let began = desk.shell.time.uptime()
        let (value, detail) = try await body()
        note(Act(title: title, detail: detail, duration: desk.shell.time.uptime() - began), &outcome)
        return value
    }

    /// Each act is told as soon as it is over.
    private func note(_ act: Act, _ outcome: inout Outcome) {
        outcome.acts.append(act)
        guard !desk.options.json else { return }
        desk.progress.clear()
        let title = act.title + String(repeating: " ", count: max(1, 9 - act.title.count))
        let lines = DemoText.wrap(act.detail, width: 84)
        for (index, line) in lines.enumerated() {
            let head = index == 0 ? desk.style(title, .strong) : String(repeating: " ", count: title.count)
            let tail = index == lines.count - 1 ? desk.style("  \(Units.duration(act.duration))", .faint) : ""
            desk.shell.say("  \(head)\(Printable.escape(line))\(tail)")
        }
    }
}
