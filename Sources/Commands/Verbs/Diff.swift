import Access
import ArgumentParser
import Recovery
import Resources
import SnapshotModel

struct Diff: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Compares two snapshots, or a snapshot with a live cluster.",
        discussion: """
            From the first to the second, or from the snapshot to the cluster. Only what can be put back is compared; --evidence \
            compares what was recorded beside, too. A comparison of parts that were not read whole says so and exits with 10, whatever \
            it found.
            """)

    @Argument(help: ArgumentHelp("The snapshot to compare from.", valueName: "from"))
    var from = "latest"
    @Argument(help: ArgumentHelp("The snapshot to compare to.", valueName: "to"))
    var to: String?
    @Flag(help: "Compare to the cluster as it is now.")
    var live = false
    @Flag(help: "Compare what was only recorded, too (of two snapshots).")
    var evidence = false
    @Flag(help: "Exit with 20 where there are differences and all could be compared.")
    var exitCode = false
    @OptionGroup var repository: RepositoryOptions
    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if live == (to != nil) { throw ValidationError("compare with a second snapshot, or with --live.") }
        if live && evidence { throw ValidationError("--evidence compares two snapshots only.") }
    }

    func perform(_ desk: Desk) async throws -> ExitCode {
        desk.ifStopped("nothing was compared; comparing changes nothing")
        let protected = try policy.chosen()
        let store = try await repository.open(desk.shell, protected)
        // What a policy leaves out of backups is no difference from the cluster, as with --except.
        let selection = try selection.selection(live ? protected : nil)
        var chosen = ChosenSnapshots(store, desk)
        let first = try await chosen.choose(from)
        let comparison: Comparison
        let other: String
        if let to {
            let second = try await chosen.choose(to)
            other = second.description
            comparison = try await Comparison.between(
                first, second, in: store, selection: selection, parts: evidence ? [.desired, .evidence] : [.desired])
        } else {
            other = "live"
            comparison = try await connection.withSource(desk, protected) { source in
                let held = try await store.manifest(first)
                // What the snapshot has is compared even where no registry is named: that it was not is then a caveat.
                let kinds = held.section(.schemas, .desired) == nil ? source.kinds : Kinds.all
                return try await Comparison.live(first, in: store, source: source, selection: selection, kinds: kinds)
            }
        }
        desk.answer(
            "diff",
            [
                "from": .text(first.description), "to": .text(other), "equal": .bool(comparison.isEmpty),
                "changes": .array(comparison.kinds.flatMap { kind in kind.changes.map { $0.json(kind.kind, kind.part) } }),
                "inheritedDrift": .array(comparison.inheritedDrift.map(\.json)),
                "caveats": .array(comparison.caveats.map { .text($0) }),
                "blindSpots": .array(comparison.blindSpots.map { .text($0) }),
                "passedOver": .array(chosen.passedOver),
            ]
        ) { ComparisonText(comparison).render($0) }
        // What could not be compared weighs more than what differs: with it no answer is the whole answer.
        guard comparison.caveats.isEmpty else { return .partial }
        return exitCode && !comparison.isEmpty ? .different : .success
    }
}

extension Change {
    func json(_ kind: KindName, _ part: Part) -> JSON {
        let (word, from, to): (String, JSON, JSON) =
            switch self {
            case .added(let document): ("added", .null, document.body)
            case .removed(let document): ("removed", document.body, .null)
            case .changed(let from, let to): ("changed", from.body, to.body)
            }
        return .object([
            "kind": .text(kind.rawValue), "part": .text(part.rawValue), "id": id.json, "change": .text(word), "from": from, "to": to,
        ])
    }
}

/// A comparison for people: a line per resource, and one per member that differs.
struct ComparisonText {
    let comparison: Comparison

    init(_ comparison: Comparison) { self.comparison = comparison }

    func render(_ style: Style) -> String {
        var text = ""
        for kind in comparison.kinds {
            let title = kind.part == .evidence ? "\(kind.kind) (evidence)" : "\(kind.kind)"
            text += style("\(title): \(Units.count(kind.changes.count, "difference"))", .strong) + "\n"
            for change in kind.changes { text += line(change, style) }
        }
        let isWhole = comparison.caveats.isEmpty && comparison.blindSpots.isEmpty
        if comparison.isEmpty { text += isWhole ? "No differences.\n" : "No differences in what was read.\n" }
        for line in DriftText(comparison.inheritedDrift).lines { text += style("inherited otherwise:", .warning) + " \(line)\n" }
        for spot in comparison.blindSpots { text += style("not seen:", .warning) + " \(Printable.escape(spot))\n" }
        for caveat in comparison.caveats { text += style("caveat:", .warning) + " \(Printable.escape(caveat))\n" }
        return text
    }

    private func line(_ change: Change, _ style: Style) -> String {
        switch change {
        case .added(let document): return "  \(style("+", .good)) \(document.id.printable)\n"
        case .removed(let document): return "  \(style("-", .bad)) \(document.id.printable)\n"
        case .changed(let from, let to):
            return "  \(style("~", .warning)) \(to.id.printable)\n"
                + FieldChange.between(from.body, to.body).map { "      \($0.text)\n" }.joined()
        }
    }
}
