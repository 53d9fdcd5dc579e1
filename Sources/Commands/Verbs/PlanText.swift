import Bytes
import Recovery
import Resources
import SnapshotModel

/// A plan for a person to approve: by stage and kind, with the positions' blast radius, and what stands in the way last.
struct PlanText {
    /// How many changes of one kind and action are listed without `--verbose`.
    static let listed = 8

    let plan: Plan
    let isVerbose: Bool

    init(_ plan: Plan, isVerbose: Bool) {
        self.plan = plan
        self.isVerbose = isVerbose
    }

    func render(_ style: Style) -> String {
        var text = style("Records are not restored", .strong) + ": topics are created empty"
        text += (plan.options.offsets.map { ", consumer positions as --offsets \($0.rawValue) says" } ?? "") + ".\n"
        text +=
            "Plan \(style(plan.shortID, .strong)): snapshot \(plan.snapshot.short) of cluster \(Printable.escape(plan.snapshotClusterID))"
        text += " onto cluster \(Printable.escape(plan.targetClusterID))"
        text += brokers + "\n" + suspicion(style)
        if !plan.isEmpty { text += "\n" }
        for stage in Stage.allCases { text += steps(of: stage, style) }
        text += positions(style)
        if plan.isEmpty, plan.conflicts.isEmpty, plan.losses.isEmpty {
            text += "The target already is as the snapshot: nothing to change.\n"
        }
        text += notes(style) + losses("Not restored", style)
        text += section("Rights missing, nothing can be applied", RightsText(plan).lines, style, .bad)
        return text + conflicts("Conflicts, nothing can be applied", style, .bad)
    }

    /// What there is to say beside the verdict of a comparison that found no difference; empty where there is nothing.
    func remarks(_ style: Style) -> String {
        notes(style) + losses("Lacking", style) + conflicts("Not compared", style, .warning)
    }

    private func notes(_ style: Style) -> String {
        section("Notes", Causes(plan.notes.map { .init(kind: $0.kind, id: $0.id, cause: $0.text) }), style, .plain)
            + section(
                "Inherited otherwise on the target" + (changesBrokers ? ", before this plan's changes to broker configs" : ""),
                DriftText(plan.inheritedDrift).lines, style, .warning)
    }

    private func losses(_ title: String, _ style: Style) -> String {
        section(title, Causes(plan.losses.map { .init(kind: $0.kind, id: $0.id, cause: $0.why) }), style, .warning)
    }

    private func conflicts(_ title: String, _ style: Style, _ tone: Style.Tone) -> String {
        let items = plan.conflicts.map {
            Causes.Item(kind: $0.kind, id: $0.id, cause: $0.cause, detail: $0.detail, hint: $0.hint, storedID: $0.storedID)
        }
        return section(title, Causes(items), style, tone)
    }

    private func suspicion(_ style: Style) -> String {
        guard let suspicion = plan.suspicion else { return "" }
        let reasons = Printable.escape(suspicion.reasons.joined(separator: "; "))
        return style("The snapshot is suspect", .bad) + ": \(reasons).\n"
            + (suspicion.sound.map {
                "The last one before it that is not: \(style($0.id.short, .strong)) of \(Units.moment($0.finished)).\n"
            }
                ?? "There is none before it any more that is not.\n")
    }

    private var changesBrokers: Bool { plan.steps.contains { $0.kind == .brokerConfigs } }

    private var brokers: String {
        let moved = plan.brokers.filter { $0.key != $0.value }.sorted { $0.key < $1.key }
        return moved.isEmpty ? "." : ", brokers " + moved.map { "\($0.key)→\($0.value)" }.joined(separator: " ") + "."
    }

    private func steps(of stage: Stage, _ style: Style) -> String {
        let steps = plan.steps.filter { $0.stage == stage }
        guard !steps.isEmpty else { return "" }
        var text = style("\(stage.rawValue)", .strong) + "\n"
        var groups: [(key: [String], steps: [Step])] = []
        for step in steps {
            let key = [step.kind.rawValue, step.action, step.reversibility.rawValue]
            if let index = groups.firstIndex(where: { $0.key == key }) {
                groups[index].steps.append(step)
            } else {
                groups.append((key, [step]))
            }
        }
        for group in groups {
            text += "  \(group.key[0]): \(group.key[1]) \(Units.count(group.steps.count)), \(group.key[2])\n"
            let shown = isVerbose ? group.steps : Array(group.steps.prefix(Self.listed))
            for step in shown { text += "    \(step.id.printable)\(changes(step))\n" }
            if shown.count < group.steps.count {
                text += style("    and \(Units.count(group.steps.count - shown.count)) more (--verbose lists all)", .faint) + "\n"
            }
        }
        return text
    }

    private func changes(_ step: Step) -> String {
        guard step.from != nil else { return isVerbose ? "  " + cut(step.to.map { Outline.inline($0) } ?? "") : "" }
        let changes = FieldChange.between(step.from, step.to).map(\.text)
        return changes.isEmpty ? "" : "  " + cut(changes.joined(separator: "; "))
    }

    private func cut(_ text: String) -> String { isVerbose || text.count <= 100 ? text : text.prefix(97) + "..." }

    /// What becomes of each group: per group without `--verbose`, per partition with it.
    private func positions(_ style: Style) -> String {
        guard !plan.positions.isEmpty else { return "" }
        var table = Table([
            .init("group"), .init("partitions", .right), .init("exact", .right), .init("clamped", .right), .init("rewinds", .right),
            .init("skips", .right), .init("outside", .right), .init("refused", .right),
        ])
        for (group, positions) in Dictionary(grouping: plan.positions, by: \.group).sorted(by: { $0.key < $1.key }) {
            var tally = Tally()
            for position in positions { tally.add(position.effect) }
            table.add([.init(printable: Printable.escape(group)), .init(positions.count)] + tally.cells)
        }
        var text = "\n" + style("Consumer positions", .strong) + "\n" + table.render(style)
        if plan.positions.contains(where: { $0.effect == .outside }) {
            text += "  outside: not between the start and the end of the target's log, which is as the operator chose\n"
        }
        return text
    }

    private struct Tally {
        var exact = 0, clamped = 0, rewinds = 0, skips = 0, outside = 0, refused = 0

        mutating func add(_ effect: PositionChange.Effect) {
            switch effect {
            case .exact: exact += 1
            case .clamped: clamped += 1
            case .rewinds: rewinds += 1
            case .skips: skips += 1
            case .outside: outside += 1
            case .refused: refused += 1
            }
        }

        var cells: [Table.Cell] {
            [
                .init(exact), .init(clamped, clamped > 0 ? .warning : .plain), .init(rewinds, rewinds > 0 ? .warning : .plain),
                .init(skips, skips > 0 ? .warning : .plain), .init(outside, outside > 0 ? .bad : .plain),
                .init(refused, refused > 0 ? .bad : .plain),
            ]
        }
    }

    /// How many there are stands in the title, and a line is said of each cause.
    private func section(_ title: String, _ causes: Causes, _ style: Style, _ tone: Style.Tone) -> String {
        section("\(title) (\(Units.count(causes.count)))", lines: causes.lines(all: isVerbose), style, tone)
    }

    private func section(_ title: String, _ lines: [String], _ style: Style, _ tone: Style.Tone) -> String {
        section("\(title) (\(Units.count(lines.count)))", lines: lines, style, tone)
    }

    private func section(_ title: String, lines: [String], _ style: Style, _ tone: Style.Tone) -> String {
        guard !lines.isEmpty else { return "" }
        let shown = isVerbose ? lines : Array(lines.prefix(Self.listed))
        var text = "\n" + style(title, tone == .plain ? .strong : tone) + "\n"
        for line in shown { text += "  - \(line)\n" }
        if shown.count < lines.count {
            text += style("  and \(Units.count(lines.count - shown.count)) more (--verbose lists all)", .faint) + "\n"
        }
        return text
    }
}
