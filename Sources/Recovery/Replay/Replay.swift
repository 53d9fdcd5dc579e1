import Bytes
public import Repository
public import Resources
public import Seams
import SnapshotModel

/// Applies exactly one plan, stage by stage, journalled; then observes again.
public struct Replay: Sendable {
    private let repository: Repository
    private let target: Source
    private let kinds: [any Kind]
    private let time: any TimeSource
    private let chance: any ChanceSource
    private let lease: RestoreLease?
    private let progress: @Sendable (Progress) -> Void

    /// - Parameter lease: what keeps others from the target; one is taken for the run where it is nil.
    public init(
        repository: Repository, target: Source, kinds: [any Kind] = Kinds.all, time: any TimeSource, chance: any ChanceSource,
        lease: RestoreLease? = nil, progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.repository = repository
        self.target = target
        self.kinds = kinds
        self.time = time
        self.chance = chance
        self.lease = lease
        self.progress = progress
    }

    /// Throws ``RecoveryError`` with `conflict` where the plan has one, with `rights` where some are missing for it, with `drift` where the target is not as the plan saw
    /// it; nothing was changed then. What fails later is in the report. What ends the run in its middle, an interruption too, comes as
    /// ``RunStopped`` with the report so far, which is in the repository as well. `RepositoryError` (`locked`) while another restore onto the
    /// target is at work; (`leaseLost`) where another may have begun meanwhile.
    public func run(_ plan: Plan) async throws -> RunReport {
        if let conflict = plan.conflicts.first {
            throw RecoveryError(
                .conflict,
                "\(plan.conflicts.count.counted("conflict stands", "conflicts stand")) in the way; the first: \(conflict.kind.rawValue)"
                    + (conflict.id.map { " \($0)" } ?? "") + ": \(conflict.why)", hint: conflict.hint)
        }
        if let right = plan.lackedRights.first {
            throw RecoveryError(
                .rights, "this user lacks \(right.operation.word) for \(right.ids.count) steps of the plan; nothing was changed",
                hint: "grant it: \(right.command)")
        }
        if let lease { return try await lease.whileHeld { try await run(plan, under: lease) } }
        return try await RestorePlace(plan).alone(in: repository) { lease in
            try await lease.whileHeld { try await run(plan, under: lease) }
        }
    }

    private func run(_ plan: Plan, under lease: RestoreLease) async throws -> RunReport {
        try await refuseDrift(plan)
        // While the lease is live the run is not taken for a killed one.
        let earlier = EarlierRuns(repository)
        let run = RunName(at: time.now(), after: try await earlier.names(), mark: RunName.mark(of: lease.id)).text
        var unfinished: [KindName: EarlierWork] = [:]
        for kind in kinds where kind.resumes { unfinished[kind.name] = try await earlier.unfinished(kind, like: plan) }
        let journal = Journal(repository, run: run, time: time, lease: lease)
        try await journal.begin(plan, unfinished: unfinished)
        var report = RunReport(run: run, plan: plan)
        do {
            try await apply(plan, journal)
            report.entries = await journal.entries
            try await prove(plan, &report)
        } catch {
            let loss = await lease.loss
            report.isInterrupted = loss == nil && (Task.isCancelled || error is CancellationError)
            await journal.close(plan.steps, .skipped(reason: "the run ended before"))
            report.entries = await journal.entries
            report.problems = await journal.problems
            if !report.isInterrupted { report.problems.append("\(loss ?? error)") }
            // Where the repository cannot be written the segments before it say what is known.
            try? await journal.settle()
            try? await journal.finish(report)
            throw RunStopped(report: report, cause: loss ?? error)
        }
        report.problems = await journal.problems
        try await journal.finish(report)
        return report
    }

    private func prove(_ plan: Plan, _ report: inout RunReport) async throws {
        if plan.options.stages.contains(.validate) {
            // What failed will not appear by waiting.
            let found = try await Validation(
                target: target, kinds: kinds, settlesWithin: report.failed.isEmpty ? Validation.patience : .zero, progress: progress
            ).run(plan.expected)
            (report.differences, report.unproved) = (found.differences, found.unproved)
            if let source = plan.inheritance, let inheritance = found.inheritance {
                report.inheritedDrift = source.drift(to: inheritance, over: (plan.expected[.topics] ?? []).map(\.id))
            }
            report.settle()
        }
        let found = try await SchemaIDChange.lookUp(plan, target)
        (report.openIDs, report.schemaIDs) = (found.open, found.changes)
    }

    private func refuseDrift(_ plan: Plan) async throws {
        let sweep = Sweep(target)
        var fingerprints: [UInt8] = []
        for kind in kinds.sorted(by: { $0.stage < $1.stage }) where plan.expected[kind.name] != nil {
            let ids = (plan.expected[kind.name] ?? []).map(\.id)
            fingerprints += Planning.fingerprint(of: try await kind.observe(sweep, naming: ids), over: Set(ids))
        }
        guard Planning.digest(fingerprints) == plan.fingerprint else {
            throw RecoveryError(
                .drift, "the target changed since plan \(plan.shortID) was made",
                hint: "plan again, look at what is new, and apply that plan.")
        }
    }

    /// A stage in which something failed is the last one that is tried where what follows builds on it. Nothing builds on the schemas.
    private func apply(_ plan: Plan, _ journal: Journal) async throws {
        var broken: Stage?
        for stage in Stage.allCases {
            let inStage = plan.steps.filter { $0.stage == stage }
            for kind in kinds {
                let steps = inStage.filter { $0.kind == kind.name }
                guard !steps.isEmpty else { continue }
                if Task.isCancelled {
                    for step in steps { try await journal.record(step, .skipped(reason: "the run was interrupted before")) }
                    continue
                }
                if let broken, broken < stage {
                    for step in steps { try await journal.record(step, .skipped(reason: "stage \(broken.rawValue) did not succeed")) }
                    continue
                }
                if try await !apply(steps, kind, journal), stage != .schemas { broken = stage }
            }
        }
        try await journal.settle()
        try Task.checkCancellation()
    }

    /// Whether all of a kind's steps were done.
    private func apply(_ steps: [Step], _ kind: any Kind, _ journal: Journal) async throws -> Bool {
        let before = await journal.entries.count
        try await journal.intend(steps)
        let counter = Counter()
        do {
            try await kind.apply(steps, to: target, interim: { try await journal.note(kind.name, $0) }) { step, outcome in
                try await journal.record(step, outcome)
                if !outcome.isFailure { progress(.applying(step.kind, done: await counter.next(), of: steps.count)) }
            }
        } catch {
            // What the target did before it is known step by step; the rest may have been done or not.
            await journal.note(problem: "\(kind.name.rawValue): \(error)")
            await journal.close(steps, .unknown(message: "\(error)", hint: "run the restore again: it observes first."))
        }
        try await journal.settle()
        return await !journal.entries.dropFirst(before).contains(where: \.outcome.isFailure)
    }
}

/// A run that ended before its end.
public struct RunStopped: Error {
    /// As far as it came. It is in the repository too, where that can be written.
    public var report: RunReport
    public var cause: any Error
}

private actor Counter {
    private var count = 0
    func next() -> Int {
        count += 1
        return count
    }
}
