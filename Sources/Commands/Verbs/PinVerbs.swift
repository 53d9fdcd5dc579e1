import ArgumentParser
import Repository
import SnapshotModel

/// `tidemark pin`.
struct PinVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "pin", abstract: "Keeps a snapshot from being forgotten.",
        discussion: "A snapshot that is pinned already is pinned anew: with this reason and for this long.")

    @Argument(help: ArgumentHelp("latest, latest~2, latest:any, the beginning of an id, or @2026-11-23T10:00Z.", valueName: "snapshot"))
    var reference: String
    @Option(help: ArgumentHelp("Why, for whoever wonders later.", valueName: "text")) var reason: String?
    @Option(name: .customLong("for"), help: ArgumentHelp("For how long: 30d, 12w. Without it until it is unpinned.", valueName: "duration"))
    var length: DurationArgument?
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let length, length.duration <= .zero { throw ValidationError("--for must be longer than nothing.") }
        if let reason, reason.utf8.count > 1_000 { throw ValidationError("--reason has at most 1,000 bytes.") }
    }

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("look with `tidemark snapshots` whether it is pinned")
        let store = try await repository.open(desk.shell, try policy.chosen())
        var chosen = ChosenSnapshots(store, desk)
        let id = try await chosen.choose(reference)
        let pin = try await store.pin(id, for: length?.duration, reason: reason, holder: "tidemark pin")
        desk.answer("pin", ["pin": pin.json, "passedOver": .array(chosen.passedOver)]) { style in
            "Snapshot \(style(id.short, .strong)) is pinned\(pin.until.map { " until \(Units.moment($0))" } ?? "").\n"
        }
        return .success
    }
}

/// `tidemark unpin`.
struct UnpinVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "unpin", abstract: "Lets a pinned snapshot be forgotten again.",
        discussion: "Exit code 12 says that it was not pinned.")

    @Argument(help: ArgumentHelp("latest, latest~2, latest:any, the beginning of an id, or @2026-11-23T10:00Z.", valueName: "snapshot"))
    var reference: String
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("look with `tidemark snapshots` whether it is pinned")
        let store = try await repository.open(desk.shell, try policy.chosen())
        var chosen = ChosenSnapshots(store, desk)
        let id = try await chosen.choose(reference)
        let wasPinned = try await store.unpin(id, holder: "tidemark unpin")
        desk.answer(
            "unpin", ["snapshot": .text(id.description), "wasPinned": .bool(wasPinned), "passedOver": .array(chosen.passedOver)]
        ) { style in
            "Snapshot \(style(id.short, .strong)) \(wasPinned ? "is not pinned any more" : "was not pinned").\n"
        }
        return wasPinned ? .success : .nothingToDo
    }
}
