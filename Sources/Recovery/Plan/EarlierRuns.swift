import Bytes
import Repository
import Resources
import SnapshotModel

/// What the journals of earlier restores tell about a target.
struct EarlierRuns {
    private let repository: Repository

    init(_ repository: Repository) { self.repository = repository }

    /// Every run there is, earliest first.
    func names() async throws -> [RunName] {
        Set(try await repository.runFiles().map(\.run)).map { RunName($0) }.sorted()
    }

    /// What runs on the target of `plan` (the same cluster, a registry at one of the same URLs; for schemas that registry) left of one kind, resource by resource as
    /// operators call them: what a run tried and did not finish, until a run finds or makes that resource whole, and what a run changed for
    /// the time of its work, until it is put back. A run without a report was killed, unless its lease is live: then it is at work, and not
    /// evidence of anything.
    ///
    /// Each run says what was left when it began, so only the newest one is read, and those after it that do not say so: runs of older
    /// versions. A run that cannot be read is no evidence of anything.
    func unfinished(_ kind: any Kind, like plan: Plan) async throws -> Unfinished {
        guard !plan.registryURLs.isEmpty else { return Unfinished() }
        var runs: [RunName: [String]] = [:]
        for (run, name) in try await repository.runFiles() { runs[RunName(run), default: []].append(name) }
        // After the runs: who has no lease by then has ended, with a report, or was killed.
        let atWork = Set(try await repository.leases().filter { $0.sort == .restore }.map { RunName.mark(of: $0.id) })
        let targets = Set(plan.registryURLs.map { RunTargets.file(of: RunTargets.registry($0)) })
        var accounts: [RunAccount] = []
        for (run, names) in runs.sorted(by: { $0.key > $1.key }) {
            try Task.checkCancellation()
            guard !names.contains(where: RunTargets.isTarget) || names.contains(where: { targets.contains($0) }),
                let planned = try await read(run.text, "plan.json"), isLike(plan, planned, kind),
                let account = try await readAccount(kind, run, planned, names, atWork)
            else { continue }
            accounts.append(account)
            if account.before != nil { break }
        }
        var unfinished = accounts.last?.before ?? Unfinished()
        for account in accounts.reversed() { account.update(&unfinished) }
        return unfinished
    }

    /// Nil for a run that is at work.
    private func readAccount(
        _ kind: any Kind, _ run: RunName, _ planned: JSON, _ names: [String], _ atWork: Set<String>
    ) async throws -> RunAccount? {
        var report: JSON?
        var names = names
        if !names.contains("report.json") {
            guard !atWork.contains(run.mark) else { return nil }
            names = try await repository.runFiles(run.text).map(\.name)
        }
        // Where it cannot be parsed the journal tells.
        if names.contains("report.json") { report = try await read(run.text, "report.json") }
        var segments: [JSON] = []
        for name in names where name.hasPrefix("journal-") {
            if let segment = try await read(run.text, name) { segments.append(segment) }
        }
        return RunAccount(kind, run.text, planned, segments, report)
    }

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
