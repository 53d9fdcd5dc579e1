import Bytes
import Repository
import Resources
import SnapshotModel

/// What the journals of earlier restores tell about a target.
struct EarlierRuns {
    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    /// What runs on the target of `plan` (the same cluster, a registry at one of the same URLs; for schemas that registry) left of one kind, resource by resource as
    /// operators call them: what a run tried and did not finish, until a run finds or makes that resource whole, and what a run changed for
    /// the time of its work, until it is put back. A run without a report was killed, unless its lease is live: then it is at work, and not
    /// evidence of anything.
    ///
    /// A run that cannot be read is no evidence of anything.
    func unfinished(_ kind: any Kind, like plan: Plan) async throws -> Unfinished {
        var runs: [String: [String]] = [:]
        for (run, name) in try await repository.runFiles() { runs[run, default: []].append(name) }
        // After the runs: who has no lease by then has ended, with a report, or was killed.
        let atWork = Set(try await repository.leases().filter { $0.sort == .restore }.map { Self.mark(of: $0.id) })
        var unfinished = Unfinished()
        // A run's id begins with the time.
        for (run, names) in runs.sorted(by: { $0.key < $1.key }) {
            try Task.checkCancellation()
            guard let planned = try await read(run, "plan.json"), isLike(plan, planned, kind) else { continue }
            var report: JSON?
            var names = names
            if !names.contains("report.json") {
                guard !atWork.contains(String(run.suffix(8))) else { continue }
                names = try await repository.runFiles(run).map(\.name)
            }
            // Where it cannot be parsed the journal tells.
            if names.contains("report.json") { report = try await read(run, "report.json") }
            var segments: [JSON] = []
            for name in names where name.hasPrefix("journal-") {
                if let segment = try await read(run, name) { segments.append(segment) }
            }
            let account = RunAccount(kind, planned, segments, report)
            account.update(&unfinished)
        }
        return unfinished
    }

    /// The last 8 characters of the name of a run under this lease.
    static func mark(of lease: String) -> String { String(lease.prefix(8)) }

    /// A registry keeps what it has while the cluster beside it is another one.
    private func isLike(_ plan: Plan, _ planned: JSON, _ kind: any Kind) -> Bool {
        let registries = Set((planned["registries"]?.array ?? []).compactMap(\.text))
        guard !registries.isDisjoint(with: plan.registryURLs) else { return false }
        return kind.stage == .schemas || planned["target"]?.text == plan.targetClusterID
    }

    /// Nil where it is not there or is not what it should be. That it cannot be read now is an error: it would be taken for no evidence.
    private func read(_ run: String, _ name: String) async throws -> JSON? {
        guard let bytes = try await repository.findRun(run, name) else { return nil }
        return try? JSON.parse(bytes)
    }
}
