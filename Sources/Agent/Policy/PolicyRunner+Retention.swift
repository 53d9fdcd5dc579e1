import Bytes
import Policies
import Recovery
import Repository
import Schedules

extension PolicyRunner {
    /// Forgets by the policy's rules and, where it says so, frees what no snapshot needs any more.
    func retention(_ cluster: ProtectedCluster, _ repository: Repository) async throws -> Ending {
        guard let plan = cluster.retention else {
            throw Failure(
                "the policy has no retention for cluster '\(cluster.name)'", hint: "look whether it was taken out of the policy.",
                exitCode: 64)
        }
        let holder = "the agent's retention of \(cluster.name)"
        var forget = Forget(repository: repository, choice: .rules(plan.rules), holder: holder)
        let clock = plan.cadence.timeZone
        forget.offset = { clock.offset(at: $0) }
        var report = RetentionReport(forget: try await unlocked { [forget] in try await forget.run() })
        if plan.prune { report.prune = try await unlocked { try await Prune(repository: repository, holder: holder).run() } }
        var words = "\(report.forget.forgotten.count.counted("snapshot")) forgotten, \(report.forget.kept.count) kept"
        if let freed = report.prune {
            words += "; \(freed.objectsFreed.counted("object")) freed, \((freed.bytesFreed + freed.leftoverBytesFreed).counted("byte"))"
        }
        let unreadable = report.forget.unreadable
        guard let first = unreadable.first else { return Ending(summary: words, report: report) }
        return Ending(
            summary: words,
            shortfall: Failure(
                "\(unreadable.count.counted("snapshot")) cannot be read, and no rule touches what cannot be read; the first is \(first.short)",
                hint: "`tidemark check` says why; heal it from a copy of the repository, or forget it by its id.", exitCode: 15),
            report: report)
    }

    /// A killed one's lease ends by itself after 330 seconds: that is waited for, and is no failure to tell anybody.
    private func unlocked<Value>(_ body: () async throws -> Value) async throws -> Value {
        let end = world.time.uptime() + .seconds(360)
        while true {
            do {
                return try await body()
            } catch let error as RepositoryError where error.code == .locked && world.time.uptime() < end {
                try await world.time.sleep(for: .seconds(15))
            }
        }
    }
}
