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
    /// Each run says what was left when it began, and where what is left cannot be attributed, so only the newest one is read, and those after
    /// it that do not say so: runs of older versions. A run that cannot be read is no evidence of anything.
    func unfinished(_ kind: any Kind, like plan: Plan) async throws -> EarlierWork {
        guard !plan.registry.urls.isEmpty else { return EarlierWork() }
        var runs: [RunName: [String]] = [:]
        for (run, name) in try await repository.runFiles() { runs[RunName(run), default: []].append(name) }
        // After the runs: who has no lease by then has ended, with a report, or was killed.
        let atWork = Dictionary(
            try await repository.leases().filter { $0.sort == .restore }.map { (RunName.mark(of: $0.id), $0) },
            uniquingKeysWith: { first, _ in first })
        var accounts: [RunAccount] = []
        var elsewhere: [TargetRegistry: [RunAccount]] = [:]
        var working: [ByteString: RestoreAtWork] = [:]
        var toldBefore: [TargetRegistry] = []
        var isTold = false
        for (run, names) in runs.sorted(by: { $0.key > $1.key }) {
            try Task.checkCancellation()
            guard let planned = try await read(run.text, "plan.json"), isOnTarget(plan, planned, kind) else { continue }
            let registry = TargetRegistry(plan: planned)
            let likeness = registry.likeness(to: plan.registry)
            // Of those before one that told what was left, only what cannot be decided is of interest, where that one does not tell it, too.
            guard likeness != .other, likeness == .undecided || !isTold else { continue }
            if let lease = atWork[run.mark], !names.contains("report.json") {
                guard likeness == .same else { continue }
                let work = RestoreAtWork(holder: lease.holder, until: lease.until)
                for name in RunAccount(kind, run.text, planned, [], nil).changes { working[name] = work }
                continue
            }
            let account = try await readAccount(kind, run, planned, names)
            if likeness == .undecided {
                elsewhere[registry, default: []].append(account)
                continue
            }
            accounts.append(account)
            guard account.before != nil else { continue }
            isTold = true
            guard let told = EarlierWork.undecided(in: planned["unfinished"]?[ByteString(kind.name.rawValue)]) else { continue }
            toldBefore = told
            break
        }
        var work = EarlierWork(unfinished: Self.sum(accounts))
        work.unfinished.atWork = working
        // Where a run went there since, its account is the newer one.
        work.undecided = toldBefore.filter { old in
            old.likeness(to: plan.registry) != .other && !elsewhere.keys.contains { $0.likeness(to: old) == .same }
        }
        work.undecided += elsewhere.mapValues(Self.sum).filter { !$0.value.begun.isEmpty || !$0.value.former.isEmpty }.keys
        work.undecided.sort { $0.urls.lexicographicallyPrecedes($1.urls) }
        return work
    }

    /// - Parameter accounts: newest first.
    private static func sum(_ accounts: [RunAccount]) -> Unfinished {
        var unfinished = accounts.last?.before ?? Unfinished()
        for account in accounts.reversed() { account.update(&unfinished) }
        return unfinished
    }

    /// Of a run that is not at work.
    private func readAccount(_ kind: any Kind, _ run: RunName, _ planned: JSON, _ names: [String]) async throws -> RunAccount {
        var report: JSON?
        var names = names
        if !names.contains("report.json") { names = try await repository.runFiles(run.text).map(\.name) }
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

    /// Nil where it is not there or is not what it should be. That it cannot be read now is an error: it would be taken for no evidence.
    private func read(_ run: String, _ name: String) async throws -> JSON? {
        guard let bytes = try await repository.findRun(run, name) else { return nil }
        return try? JSON.parse(bytes)
    }
}
