import ArgumentParser
import Recovery
import Repository

struct PlanRestore: Verb {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Shows exactly what a restore would change, and changes nothing.",
        discussion:
            "Exit code 12 says that the target already is as the snapshot, 13 that something stands in the way, 18 that rights are missing."
    )

    @OptionGroup var snapshot: SnapshotArgument
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var choices: RestoreChoices
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("nothing was changed; planning changes nothing")
        let protected = try policy.chosen()
        let options = try choices.options(protected)
        let store = try await repository.open(desk.shell, protected)
        var chosen = ChosenSnapshots(store, desk)
        let id = try await chosen.choose(snapshot.reference)
        let made = try await store.withReader(of: id, holder: "tidemark plan") {
            try await connection.withSource(desk, protected) { source in
                try await Planning(repository: store, snapshot: id, target: source, options: options, progress: { desk.show($0) }).run()
            }
        }
        let plan = chosen.judged(made)
        desk.answer(chosen.adding(to: plan.json)) { PlanText(plan, isVerbose: desk.options.verbose).render($0) }
        return plan.exitCode
    }
}

extension Plan {
    var exitCode: ExitCode {
        if !conflicts.isEmpty { return .conflict }
        if !missingRights.isEmpty { return .denied }
        if !losses.isEmpty { return .partial }
        return isEmpty ? .nothingToDo : .success
    }
}
