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
    private let progress: @Sendable (Progress) -> Void

    public init(
        repository: Repository, target: Source, kinds: [any Kind] = Kinds.all, time: any TimeSource, chance: any ChanceSource,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) {
        self.repository = repository
        self.target = target
        self.kinds = kinds
        self.time = time
        self.chance = chance
        self.progress = progress
    }

    /// Throws ``RecoveryError`` with `conflict` where the plan has one, with `drift` where the target is not as the plan saw
    /// it; nothing was changed then. What fails later is in the report.
    public func run(_ plan: Plan) async throws -> RunReport {
        if let conflict = plan.conflicts.first {
            throw RecoveryError(
                .conflict,
                "\(plan.conflicts.count) conflicts stand in the way; the first: \(conflict.kind.rawValue)"
                    + (conflict.id.map { " \($0)" } ?? "") + ": \(conflict.why)", hint: conflict.hint)
        }
        try await refuseDrift(plan)
        let run = "\(time.now())-\(chance.bytes(4).hex)".replacing(":", with: "")
        let journal = Journal(repository, run: run)
        try await journal.begin(plan)
        try await apply(plan, journal)
        var (differences, unproved): ([Difference], [Loss]) = ([], [])
        if plan.options.stages.contains(.validate) {
            // What failed will not appear by waiting.
            let hasFailed = await journal.entries.contains(where: \.outcome.isFailure)
            (differences, unproved) = try await Validation(
                target: target, kinds: kinds, settlesWithin: hasFailed ? .zero : Validation.patience, progress: progress
            ).run(plan.expected)
        }
        let report = RunReport(
            run: run, plan: plan, entries: await journal.entries, differences: differences, unproved: unproved,
            problems: await journal.problems, schemaIDs: try await SchemaIDChange.changes(plan, target))
        try await journal.finish(report)
        return report
    }

    private func refuseDrift(_ plan: Plan) async throws {
        let sweep = Sweep(target)
        var fingerprints: [UInt8] = []
        for kind in kinds.sorted(by: { $0.stage < $1.stage }) where plan.expected[kind.name] != nil {
            let ids = Set((plan.expected[kind.name] ?? []).map(\.id))
            fingerprints += Planning.fingerprint(of: try await kind.observe(sweep), over: ids)
        }
        guard Planning.digest(fingerprints) == plan.fingerprint else {
            throw RecoveryError(
                .drift, "the target changed since plan \(plan.shortID) was made",
                hint: "plan again, look at what is new, and apply that plan.")
        }
    }

    /// A stage in which something failed is the last one that is tried: what follows builds on it.
    private func apply(_ plan: Plan, _ journal: Journal) async throws {
        var broken: Stage?
        for stage in Stage.allCases {
            let inStage = plan.steps.filter { $0.stage == stage }
            for kind in kinds {
                let steps = inStage.filter { $0.kind == kind.name }
                guard !steps.isEmpty else { continue }
                if let broken, broken < stage {
                    for step in steps { await journal.record(step, .skipped(reason: "stage \(broken.rawValue) did not succeed")) }
                    continue
                }
                let before = await journal.entries.count
                try await journal.intend(steps)
                let counter = Counter()
                do {
                    try await kind.apply(steps, to: target) { step, outcome in
                        await journal.record(step, outcome)
                        if !outcome.isFailure { progress(.applying(step.kind, done: await counter.next(), of: steps.count)) }
                    }
                } catch {
                    await journal.note(problem: "\(kind.name.rawValue): \(error)")
                    let settled = await Set(journal.entries.dropFirst(before).map(\.step))
                    for step in steps where !settled.contains(step) {
                        await journal.record(step, .unknown(message: "\(error)", hint: "run the restore again: it observes first."))
                    }
                    try await journal.settle(since: before)
                    if error is CancellationError { throw error }
                    broken = stage
                    continue
                }
                try await journal.settle(since: before)
                if await journal.entries.dropFirst(before).contains(where: \.outcome.isFailure) { broken = stage }
            }
        }
    }
}

private actor Counter {
    private var count = 0
    func next() -> Int {
        count += 1
        return count
    }
}
