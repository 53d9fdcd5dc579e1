import ArgumentParser
import Bytes
import Recovery
import Repository
import Resources
import Seams
import SnapshotModel

struct Show: Verb {
    static let configuration = CommandConfiguration(
        abstract: "Shows a snapshot, a kind in it, or one resource.",
        discussion: """
            Without --kind: what the snapshot is and how much it may be trusted. With --kind: the names of its resources. With \
            --id, a name or a glob, too: the resources themselves.
            """)

    @OptionGroup var snapshot: SnapshotArgument
    @OptionGroup var repository: RepositoryOptions
    @Option(help: ArgumentHelp("cluster, broker-configs, topics, consumer-groups or schemas.", valueName: "kind"))
    var kind: String?
    @Option(help: ArgumentHelp("The resources whose name fits.", valueName: "glob"))
    var id: String?
    @Flag(help: "What was only recorded beside: ids, leaders, members, lag.")
    var evidence = false
    @OptionGroup var policy: PolicyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if kind == nil, id != nil || evidence { throw ValidationError("--id and --evidence need --kind.") }
    }

    func perform(_ desk: Desk) async throws -> ExitCode {
        let protected = try policy.chosen()
        let store = try await repository.open(desk.shell, protected)
        var chosen = ChosenSnapshots(store, desk)
        let id = try await chosen.choose(snapshot.reference)
        let manifest = try await store.manifest(id)
        guard let kind else {
            let (confirmations, pin) = (try await store.confirmations(), try await store.heldPins()[id])
            let gaps = desk.options.json || desk.options.verbose ? try await store.gaps(of: manifest) : manifest.gaps
            let more: [ByteString: JSON] = ["gapList": .array(gaps.map(\.json)), "passedOver": .array(chosen.passedOver)]
            desk.answer("show", manifest.outline(id, confirmations, pin).merging(more) { $1 }) {
                SnapshotText(id, manifest, gaps, confirmations.confirmedUntil(id), pin).render($0)
            }
            return .success
        }
        let name = try Selection.Rule(kind).kind
        guard let section = manifest.section(name, evidence ? .evidence : .desired) else {
            throw RecoveryError(
                .usage, "snapshot \(id.short) has no section of \(name)", hint: "`tidemark show \(id.short)` lists what it has.")
        }
        let state = desk.options.json ? try await store.state(of: section, in: manifest) : section.state
        let glob = self.id.map { Glob(ByteString($0)) }
        var documents: [Document] = []
        for try await document in store.documents(section.root) where glob.map({ fits($0, name, document.id) }) ?? true {
            documents.append(document)
        }
        if let given = self.id, documents.isEmpty {
            throw RecoveryError(
                .usage, "'\(given)' fits none of the \(section.root.documents) \(name) of snapshot \(id.short)",
                hint: "`tidemark show \(id.short) --kind \(name)` lists them.")
        }
        desk.answer(
            "show",
            [
                "snapshot": .text(id.description), "kind": .text(name.rawValue), "part": .text(section.part.rawValue),
                "state": state.json, "passedOver": .array(chosen.passedOver),
                "documents": .array(documents.map { .object(["id": $0.id.json, "body": $0.body]) }),
            ]
        ) { style in
            if glob == nil, !evidence { return list(documents, section, style) }
            return documents.map { "\(style($0.id.printable, .strong))\n\(Outline.render($0.body, indentation: 2))" }.joined()
        }
        return .success
    }

    /// By the name that rules select by, and by the one that the list shows.
    private func fits(_ glob: Glob, _ kind: KindName, _ id: ResourceID) -> Bool {
        glob.matches(Kinds.named(kind)?.operatorName(of: id) ?? id.parts.first ?? "") || glob.matches(ByteString(id.printable))
    }

    private func list(_ documents: [Document], _ section: Section, _ style: Style) -> String {
        var text = documents.map { "\($0.id.printable)\n" }.joined()
        if documents.isEmpty { text = "None.\n" }
        if !section.state.isStable { text += style("This section is not whole: \(Printable.escape(section.state.summary))\n", .warning) }
        for spot in section.state.blindSpots {
            text += style("It may lack \(Printable.escape(spot.what)): \(Printable.escape(spot.why))\n", .warning)
        }
        return text
    }
}

/// A manifest for people.
struct SnapshotText {
    let id: SnapshotID
    let manifest: Manifest
    /// All of them, or those that the manifest lists.
    let gaps: [Gap]
    /// When somebody last found the cluster as it is in here.
    let confirmed: Timestamp?
    let pin: Pin?

    init(_ id: SnapshotID, _ manifest: Manifest, _ gaps: [Gap], _ confirmed: Timestamp?, _ pin: Pin?) {
        self.id = id
        self.gaps = gaps
        self.manifest = manifest
        self.confirmed = confirmed
        self.pin = pin
    }

    func render(_ style: Style) -> String {
        let grade = manifest.certificate.grade
        var text = "Snapshot \(style(id.description, .strong))\n"
        text += "  cluster  \(Printable.escape(manifest.clusterID)), \(Units.count(manifest.brokers, "broker"))\n"
        text += "  taken    \(Units.moment(manifest.started)), within \(Units.duration(manifest.finished.since(manifest.started)))\n"
        if let confirmed { text += "  still so \(Units.moment(confirmed))\n" }
        text += "  by       \(Printable.escape(manifest.tool.name)) \(Printable.escape(manifest.tool.version))\n"
        if let parent = manifest.lineage.parent { text += "  after    \(parent.short)\n" }
        for former in manifest.lineage.formerClusterIDs { text += "  formerly \(Printable.escape(former))\n" }
        if !manifest.tags.isEmpty { text += "  tags     \(Printable.escape(manifest.tags.joined(separator: " ")))\n" }
        if !manifest.selection.isEmpty { text += "  narrowed \(Printable.escape(manifest.selection))\n" }
        if let pin {
            text += "  pinned   since \(Units.moment(pin.since))\(pin.until.map { ", until \(Units.moment($0))" } ?? "")"
            text += "\(pin.reason.map { ": " + Printable.escape($0) } ?? "")\n"
        }
        text += "  trust    \(style(grade.rawValue, grade.tone))\n"
        for reason in manifest.certificate.reasons { text += "           - \(Printable.escape(reason))\n" }
        for spot in manifest.blindSpots { text += "           - \(Printable.escape(spot))\n" }
        for section in manifest.sections where section.part == .evidence {
            for line in section.state.untold(section.kind) { text += "           - \(Printable.escape(line))\n" }
        }
        for shrinkage in manifest.acceptedShrinkage { text += "           - accepted: \(Printable.escape(shrinkage.description))\n" }
        var table = Table([.init("kind"), .init("part"), .init("documents", .right), .init("state")])
        for section in manifest.sections {
            table.add(
                .init(section.kind.rawValue), .init(section.part.rawValue), .init(section.root.documents), .init(section.state.brief))
        }
        text += "\n" + table.render(style)
        if !manifest.unknownSections.isEmpty {
            text += "\n\(Units.count(manifest.unknownSections.count, "section")) of a newer version: carried along, not readable here.\n"
        }
        if !gaps.isEmpty { text += "\nGaps:\n" }
        for gap in gaps {
            text +=
                "  - \(gap.kind)\(gap.id.map { " " + $0.printable } ?? ""): \(Printable.escape(gap.what)): \(Printable.escape(gap.why))\n"
        }
        if gaps.count < manifest.gapCount {
            text += style("  and \(Units.count(manifest.gapCount - gaps.count)) more (--verbose lists all)", .faint) + "\n"
        }
        return text
    }
}
