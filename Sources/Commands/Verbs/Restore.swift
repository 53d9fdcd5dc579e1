import ArgumentParser
import Bytes
import Policies
import Recovery
import Repository
import Resources
import SnapshotModel

struct Restore: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Plans, shows the plan, asks, applies it, and proves it by observing again.",
        discussion: """
            Without a terminal nobody can be asked: give --yes. A restore that was stopped is finished by giving it again: what is \
            done is not done twice. Records are not restored.
            """)

    @OptionGroup var snapshot: SnapshotArgument
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var choices: RestoreChoices
    @Flag(name: [.short, .long], help: "Apply the plan without asking.")
    var yes = false
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("nothing was changed on the target")
        let protected = try policy.chosen()
        let options = try choices.options(protected)
        let store = try await repository.open(desk.shell, protected)
        var chosen = ChosenSnapshots(store, desk)
        let id = try await chosen.choose(snapshot.reference)
        return try await store.withReader(of: id, holder: "tidemark restore") { [chosen] in
            try await restore(id, chosen, store, options, protected, desk)
        }
    }

    private func restore(
        _ id: SnapshotID, _ chosen: ChosenSnapshots, _ store: Repository, _ options: RestoreOptions, _ protected: ProtectedCluster?,
        _ desk: Desk
    ) async throws -> ExitCode {
        try await connection.withSource(desk, protected) { source in
            let planning = Planning(repository: store, snapshot: id, target: source, options: options, progress: { desk.show($0) })
            if choices.isValidationAlone { return validate(chosen.judged(try await planning.run()), chosen, desk) }
            // From before the plan: what it takes for left behind by a killed restore is nobody's then.
            return try await RestorePlace(source).alone(in: store, tookOver: { tell($0, desk) }) { lease in
                let plan = chosen.judged(try await planning.run())
                if !desk.options.json { desk.answer(plan.json) { PlanText(plan, isVerbose: desk.options.verbose).render($0) } }
                if let end = end(of: plan, chosen, desk) { return end }
                if !plan.isEmpty, try await !approve(plan, desk) { return .interrupted }
                return try await apply(plan, to: source, chosen, store, lease, desk)
            }
        }
    }

    private func tell(_ lease: Lease, _ desk: Desk) {
        desk.remark("took over from a restore that did not end its lease: \(lease.holder), since \(lease.since), until \(lease.until)")
    }

    /// Conflicts, and rights that are missing, end a restore before anybody is asked.
    private func end(of plan: Plan, _ chosen: ChosenSnapshots, _ desk: Desk) -> ExitCode? {
        guard !plan.conflicts.isEmpty || !plan.missingRights.isEmpty else { return nil }
        if desk.options.json { desk.answer(chosen.adding(to: plan.json)) { _ in "" } }
        desk.progress.clear()
        let explanation =
            plan.conflicts.isEmpty
            ? Explanation(
                message: "rights are missing for \(Units.count(Set(plan.missingRights.map(\.id)).count, "resource")); nothing was changed",
                hint: "grant them as the plan's own hints say, or leave out with --except what needs them.", exitCode: .denied)
            : Explanation(
                message: "\(Units.count(plan.conflicts.count, "conflict")) in the way; nothing was changed",
                hint: "resolve each as its own hint says, or leave it out with --except.", exitCode: .conflict)
        desk.shell.errors.write(explanation.render(desk.shell.style(for: desk.shell.errors)))
        return explanation.exitCode
    }

    private func approve(_ plan: Plan, _ desk: Desk) async throws -> Bool {
        if yes { return true }
        // Nobody can approve what they could not read.
        try OutputLoss.refuse(desk.shell, "nothing was changed on the target")
        desk.progress.clear()
        switch try await Approval(shell: desk.shell).ask(
            "Apply \(Units.count(plan.steps.count, "change")) to cluster \(plan.targetClusterID)?")
        {
        case .yes: return true
        case .no:
            desk.shell.remark("nothing was changed.")
            return false
        case .unasked:
            throw UsageError(
                "the plan needs approval, and nobody is at a terminal; nothing was changed",
                hint: "read the plan (`tidemark plan`), then give --yes.")
        }
    }

    private func apply(
        _ plan: Plan, to source: Source, _ chosen: ChosenSnapshots, _ store: Repository, _ lease: RestoreLease, _ desk: Desk
    ) async throws -> ExitCode {
        let began = desk.shell.time.uptime()
        let report: RunReport
        do {
            report = try await Replay(
                repository: store, target: source, time: desk.shell.time, chance: desk.shell.chance, lease: lease,
                progress: { desk.show($0) }
            ).run(plan)
        } catch let stopped as RunStopped {
            desk.ifStopped(stopped.report.standing)
            if !stopped.report.isInterrupted { desk.warn("the restore ended in its middle: \(stopped.report.standing)") }
            throw stopped.cause
        }
        let elapsed = desk.shell.time.uptime() - began
        desk.answer(chosen.adding(to: report.json)) { RunText(report, elapsed, isVerbose: desk.options.verbose).render($0) }
        return report.exitCode
    }

    /// `--stage validate` alone: the plan's changes are the differences, and are not made.
    private func validate(_ plan: Plan, _ chosen: ChosenSnapshots, _ desk: Desk) -> ExitCode {
        let verdict = ValidationVerdict(of: plan)
        var answer = plan.json.object ?? [:]
        answer["schema"] = "tidemark.validation/1"
        answer["verdict"] = .text(ByteString(verdict.rawValue))
        desk.answer(chosen.adding(to: .object(answer))) { style in
            let text = PlanText(plan, isVerbose: desk.options.verbose)
            return switch verdict {
            case .equal: style("The target is as the snapshot.", .good) + "\n" + text.remarks(style)
            case .partial: style("The target is as the snapshot, but for what follows.", .warning) + "\n" + text.remarks(style)
            case .different:
                style("The target is not as the snapshot. What a restore would change, and what it would leave:", .bad) + "\n"
                    + text.render(style)
            }
        }
        return verdict.exitCode
    }
}

/// How the target compares with a snapshot where nothing was to be changed.
private enum ValidationVerdict: String {
    case equal
    /// Equal, but for what the snapshot or the comparison lacks.
    case partial
    case different

    /// - Parameter plan: what a restore would change, where it took whatever it may.
    init(of plan: Plan) {
        let differs = !plan.isEmpty || plan.conflicts.contains(where: \.isDifference) || plan.losses.contains(where: \.isDifference)
        self = differs ? .different : plan.losses.isEmpty && plan.conflicts.isEmpty ? .equal : .partial
    }

    var exitCode: ExitCode {
        switch self {
        case .equal: .success
        case .partial: .partial
        case .different: .validationFailed
        }
    }
}

extension RunReport {
    var exitCode: ExitCode {
        switch verdict {
        case .restored: .success
        case .nothingToDo: .nothingToDo
        case .partial: .partial
        case .validationFailed: .validationFailed
        case .interrupted: .interrupted
        }
    }

    /// What a run that ended in its middle did and did not do, in a sentence.
    var standing: String {
        func count(_ isMeant: (StepOutcome) -> Bool) -> Int { entries.filter { isMeant($0.outcome) }.count }
        let done = count { $0 == .done }
        let untried = count { if case .skipped = $0 { true } else { false } } + plan.steps.count - entries.count
        let failed = count { if case .failed = $0 { true } else { false } }
        let unknown = count { if case .unknown = $0 { true } else { false } }
        var parts = ["\(Units.count(done)) of \(Units.count(plan.steps.count, "change")) were done"]
        if failed > 0 { parts.append("\(Units.count(failed)) failed") }
        if unknown > 0 { parts.append("of \(Units.count(unknown)) the outcome is unknown") }
        if untried > 0 { parts.append("\(Units.count(untried)) were not tried") }
        if done == plan.steps.count { parts.append("nothing was proved") }
        return parts.joined(separator: ", ") + " (run \(run) in the repository says which); run the same restore again: it observes first"
    }
}
