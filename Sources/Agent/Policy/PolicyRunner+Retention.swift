import Access
import Bytes
import Policies
import Recovery
import Repository
import Schedules

extension PolicyRunner {
    /// Forgets by the policy's rules and, where it says so, frees what no snapshot needs any more.
    func retention(_ cluster: ProtectedCluster, _ repository: Repository) async throws -> Ending {
        let (plan, forget) = try await prepare(cluster, repository)
        var report = RetentionReport(forget: try await forget.run())
        var barredBy: Lease?
        if plan.prune { (report.prune, barredBy) = try await prune(repository, forget.holder) }
        return ending(report, barredBy)
    }

    /// How it ends where nothing is to be forgotten and nothing to be freed; nil where something is.
    func idleRetention(_ cluster: ProtectedCluster, _ repository: Repository) async throws -> Ending? {
        let prepared = try await prepare(cluster, repository)
        var forget = prepared.forget
        forget.isRehearsal = true
        var report = RetentionReport(forget: try await forget.run())
        guard report.forget.forgotten.isEmpty else { return nil }
        if prepared.plan.prune {
            var prune = Prune(repository: repository, holder: forget.holder)
            prune.isRehearsal = true
            report.prune = try await prune.run()
            guard report.prune?.isIdle == true else { return nil }
            report.prune?.isRehearsal = false
        }
        report.forget.isRehearsal = false
        return ending(report, nil)
    }

    private func prepare(
        _ cluster: ProtectedCluster, _ repository: Repository
    ) async throws -> (plan: RetentionPlan, forget: Forget) {
        guard let plan = cluster.retention else {
            throw Failure(
                "the policy has no retention for cluster '\(cluster.name)'", hint: "look whether it was taken out of the policy.",
                exitCode: 64)
        }
        var forget = Forget(repository: repository, choice: .rules(plan.rules), holder: "the agent's retention of \(cluster.name)")
        let clock = plan.cadence.timeZone
        forget.offset = { clock.offset(at: $0) }
        forget.clusterID = try await ClusterSettings(cluster).lineage(
            of: cluster.name, known: identities.withLockedValue { $0[cluster.name] }, in: repository, world)
        return (plan, forget)
    }

    private func ending(_ report: RetentionReport, _ barredBy: Lease?) -> Ending {
        var words = "\(report.forget.forgotten.count.counted("snapshot")) forgotten, \(report.forget.kept.count) kept"
        if let freed = report.prune {
            words += "; \(freed.objectsFreed.counted("object")) freed, \((freed.bytesFreed + freed.leftoverBytesFreed).counted("byte"))"
        }
        if barredBy != nil { words += "; nothing was freed yet" }
        let unreadable = report.forget.unreadable
        guard let first = unreadable.first else { return Ending(summary: words, barredBy: barredBy, report: report) }
        return Ending(
            summary: words,
            shortfall: Failure(
                "\(unreadable.count.counted("snapshot")) cannot be read, and no rule touches what cannot be read; the first is \(first.short)",
                hint: "`tidemark check` says why; heal it from a copy of the repository, or forget it by its id.", exitCode: 15),
            barredBy: barredBy, report: report)
    }

    /// Nobody's backup waits longer than this for a prune that waits for somebody (or twice, where clocks were set): what is not over by then
    /// is waited for outside of the turn.
    private static let patience: Duration = .seconds(15)

    /// What was freed, or whose lease kept it from being.
    private func prune(_ repository: Repository, _ holder: String) async throws -> (PruneReport?, Lease?) {
        var prune = Prune(repository: repository, holder: holder)
        prune.patience = Self.patience
        do {
            return (try await prune.run(), nil)
        } catch let error as RepositoryError where error.lease != nil {
            return (nil, error.lease)
        }
    }
}
