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

    /// What runs on the target of `plan` (the same cluster and registry; for schemas the registry alone) left of one kind, resource by resource as
    /// operators call them: what a run tried and did not finish, until a run finds or makes that resource whole, and what a run changed for
    /// the time of its work, until it is put back. A run without a report was killed, unless its lease is live: then it is at work, and not
    /// evidence of anything.
    ///
    /// Each run says what was left when it began, so only the newest one is read, and those after it that do not say so: runs of older
    /// versions. A run that cannot be read is no evidence of anything.
    func unfinished(_ kind: any Kind, like plan: Plan) async throws -> Unfinished {
        guard !plan.registry.urls.isEmpty else { return Unfinished() }
        var runs: [RunName: [String]] = [:]
        for (run, name) in try await repository.runFiles() { runs[RunName(run), default: []].append(name) }
        // After the runs: who has no lease by then has ended, with a report, or was killed.
        let atWork = Set(try await repository.leases().filter { $0.sort == .restore }.map { RunName.mark(of: $0.id) })
        var accounts: [RunAccount] = []
        var elsewhere: [TargetRegistry: [RunAccount]] = [:]
        for (run, names) in runs.sorted(by: { $0.key > $1.key }) {
            try Task.checkCancellation()
            guard let planned = try await read(run.text, "plan.json"), isOnTarget(plan, planned, kind) else { continue }
            let registry = TargetRegistry(plan: planned)
            let likeness = registry.likeness(to: plan.registry)
            guard likeness != .other, let account = try await readAccount(kind, run, planned, names, atWork) else { continue }
            if likeness == .undecided {
                elsewhere[registry, default: []].append(account)
            } else {
                accounts.append(account)
                if account.before != nil { break }
            }
        }
        var unfinished = Self.sum(accounts)
        unfinished.undecided = elsewhere.mapValues(Self.sum).filter { !$0.value.begun.isEmpty || !$0.value.former.isEmpty }.keys
            .map { Self.undecided($0, plan.registry) }.sorted()
        return unfinished
    }

    /// - Parameter accounts: newest first.
    private static func sum(_ accounts: [RunAccount]) -> Unfinished {
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
    private func isOnTarget(_ plan: Plan, _ planned: JSON, _ kind: any Kind) -> Bool {
        kind.stage == .schemas || planned["target"]?.text == plan.targetClusterID
    }

    /// Two names may be one registry; where one of the two does not say who it is, nothing is assumed.
    private static func undecided(_ earlier: TargetRegistry, _ now: TargetRegistry) -> String {
        func list(_ registry: TargetRegistry) -> String { registry.urls.map { "\($0)" }.joined(separator: ", ") }
        return
            "a restore to the registry at \(list(earlier)) did not finish; whether that is the one at \(list(now)) cannot be told, as not both say "
            + "who they are, so that what it left there counts as somebody else's. If it is the same, give the URL that was given then"
    }

    /// Nil where it is not there or is not what it should be. That it cannot be read now is an error: it would be taken for no evidence.
    private func read(_ run: String, _ name: String) async throws -> JSON? {
        guard let bytes = try await repository.findRun(run, name) else { return nil }
        return try? JSON.parse(bytes)
    }
}
