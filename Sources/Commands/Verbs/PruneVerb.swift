import ArgumentParser
import NIOConcurrencyHelpers
import Repository
import Seams

/// `tidemark prune`.
struct PruneVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Frees what no snapshot needs any more.",
        discussion: """
            Backups go on beside it. It says first what it may delete, and waits for the backups that began before and do not know of that: \
            until they end, or, where one was killed, until its lease is over (330 seconds at the most after its last sign of life). \
            It can be stopped or killed at any moment; the next one does the rest.
            """)

    @Flag(name: [.customShort("n"), .long], help: "Say what would be freed, and delete nothing.")
    var dryRun = false
    @Option(help: ArgumentHelp("How long to wait for backups at the most: 11m as without it.", valueName: "duration"))
    var wait: DurationArgument?
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("nothing was deleted")
        let store = try await repository.open(desk.shell, try policy.chosen())
        var prune = Prune(repository: store, holder: "tidemark prune")
        prune.isRehearsal = dryRun
        if let wait { prune.patience = wait.duration }
        let report = try await Self.run(prune, desk, before: nil)
        desk.answer(report.json) { PruneText(report).render($0) }
        return .success
    }

    /// Runs it, with its progress.
    /// - Parameter before: what was done before it, for one who stops it.
    static func run(_ prune: Prune, _ desk: Desk, before: String?) async throws -> PruneReport {
        let lead = before.map { $0 + "; " } ?? ""
        if let before { desk.ifStopped(before) }
        let waitedFor = NIOLockedValueBox<Set<String>>([])
        return try await prune.run { event in
            switch event {
            case .reading(let done, let count):
                desk.progress.show("reading what snapshots need", "\(Units.count(done)) of \(Units.count(count))")
            case .waiting(let holder, let until):
                desk.progress.show("waiting for \(holder)", "its lease ends at \(Units.moment(until)) unless renewed")
                // Once, and not only where progress is shown: whoever looks at a log asks why nothing happens.
                guard waitedFor.withLockedValue({ $0.insert(holder).inserted }) else { return }
                desk.remark(
                    "waiting for \(Printable.escape(holder)), which began before: until it ends, or its lease does "
                        + "(\(Units.moment(until)) unless renewed)")
            case .deleting(let done, let count):
                desk.ifStopped("\(lead)deleted: \(Units.count(done)) of \(Units.count(count, "object")); the next prune does the rest")
                desk.progress.show("deleting", "\(Units.count(done)) of \(Units.count(count, "object"))")
            }
        }
    }
}

/// What a prune freed, for people.
struct PruneText {
    let report: PruneReport

    init(_ report: PruneReport) { self.report = report }

    func render(_ style: Style) -> String {
        let verb = report.isRehearsal ? "Would free" : "Freed"
        var text =
            "\(verb) \(style(Units.bytes(report.bytesFreed + report.leftoverBytesFreed), .strong)): "
            + "\(Units.count(report.objectsFreed, "object"))"
        if report.leftoversFreed > 0 { text += ", \(Units.count(report.leftoversFreed, "file")) that killed processes left" }
        if report.recordsFreed > 0 { text += ", \(Units.count(report.recordsFreed, "record")) of what is gone" }
        text += ". In use: \(Units.count(report.objectsKept, "object")), \(Units.bytes(report.bytesKept)).\n"
        for holder in report.waitedFor { text += "Waited for \(Printable.escape(holder)).\n" }
        for holder in report.endedLeases { text += "Cleared away the ended lease of \(Printable.escape(holder)).\n" }
        return text
    }
}
