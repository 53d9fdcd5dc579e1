import Bytes
import Resources
import SnapshotModel

/// What one earlier run did of one kind, from its plan, its journal and, where it has one, its report.
struct RunAccount {
    private struct StepName: Hashable {
        var id: ResourceID
        var action: ByteString
    }

    private let kind: any Kind
    private let run: String
    /// What was left by the runs before it when it began; nil where it does not say, as older versions do not.
    let before: Unfinished?
    /// The plan's steps by the name of what they change; nothing where the plan found it as it is wanted.
    private var planned: [ByteString: [StepName]] = [:]
    /// Intended, and not known to have been left out.
    private var tried: Set<StepName> = []
    private var done: Set<StepName> = []
    private var former: [FormerSetting] = []
    private var restored: Set<ResourceID> = []
    /// What it found of settings of the whole target that it was to set otherwise.
    private var found: [StepName: JSON] = [:]
    /// Whether it set them because nobody had chosen them, and not because the operator asked for an update; older versions do not say.
    private let foundUnchosen: Bool
    /// Whether it ended with everything proved that it was to do.
    private var isGood = false

    init(_ kind: any Kind, _ run: String, _ plan: JSON, _ segments: [JSON], _ report: JSON?) {
        self.kind = kind
        self.run = run
        before = Unfinished(json: plan["unfinished"]?[ByteString(kind.name.rawValue)])
        foundUnchosen = plan["existing"]?.text.map { $0 != ByteString(ExistingPolicy.update.rawValue) } ?? false
        for id in ids(plan["expected"]?[ByteString(kind.name.rawValue)]?.array ?? []) { planned[kind.operatorName(of: id)] = [] }
        for step in steps(plan["steps"]) {
            let name = kind.operatorName(of: step.name.id)
            planned[name, default: []].append(step.name)
            if name.isEmpty, let from = step.json["from"], from != .null { found[step.name] = from }
        }
        if let verdict = report?["verdict"]?.text {
            isGood = verdict != Self.interrupted && verdict != Self.failed
        }
        var skipped: Set<StepName> = []
        for step in steps(report?["entries"]) { note(step.name, step.json["outcome"], &skipped) }
        for segment in segments {
            for step in steps(segment["intent"]) { tried.insert(step.name) }
            for step in steps(segment["outcomes"]) { note(step.name, step.json["result"]?["outcome"], &skipped) }
            former += ours(segment["former"]).compactMap { FormerSetting(json: $0) }
            restored.formUnion(ids(ours(segment["restored"])))
        }
        tried.subtract(skipped)
        // An answer is a claim: what observing did not find as it was wanted is not done.
        let wrong = Set(ids(ours(report?["differences"])))
        done = done.filter { !wrong.contains($0.id) }
    }

    /// Brings what is known of the runs before up to after this one.
    func update(_ unfinished: inout Unfinished) {
        var whole: Set<ByteString> = []
        for (name, steps) in planned {
            if isGood || steps.allSatisfy({ done.contains($0) }) {
                whole.insert(name)
            } else if steps.contains(where: { tried.contains($0) }) {
                unfinished.begun.formUnion(steps.map(\.id))
            }
        }
        unfinished.begun = unfinished.begun.filter { !whole.contains(kind.operatorName(of: $0)) }
        if isGood {
            unfinished.former = unfinished.former.filter { !whole.contains(kind.operatorName(of: $0.key)) }
            for name in whole { unfinished.suspected[name] = nil }
        } else if before == nil, former.isEmpty {
            // Older versions wrote down neither what was left before them nor what they changed.
            for (name, steps) in planned where steps.contains(where: { tried.contains($0) }) { unfinished.suspected[name] = run }
        }
        for setting in former { unfinished.suspected[kind.operatorName(of: setting.id)] = nil }
        // Found unchanged, it is what somebody set since; handed on, it is no news.
        for setting in former where setting.isObserved || unfinished.former[setting.id] == nil { unfinished.former[setting.id] = setting }
        for id in restored {
            unfinished.former[id] = nil
            unfinished.suspected[kind.operatorName(of: id)] = nil
        }
        // A step of its own sets it for good, and is the last thing that a run does to it.
        for step in done { unfinished.former[step.id] = nil }
        unfinished.due = unfinished.due.filter { !whole.contains(kind.operatorName(of: $0.key)) }
        for (step, from) in found where !whole.contains(kind.operatorName(of: step.id)) {
            if done.contains(step) {
                unfinished.due[step.id] = nil
            } else if foundUnchosen, !tried.isEmpty {
                unfinished.due[step.id] = from
            } else if unfinished.due[step.id] != from {
                // Somebody has set it since, and this one was told to overrule him.
                unfinished.due[step.id] = nil
            }
        }
    }

    /// What it changes, by what operators call it.
    var changes: [ByteString] { planned.filter { !$0.value.isEmpty }.map(\.key) }

    private mutating func note(_ step: StepName, _ outcome: JSON?, _ skipped: inout Set<StepName>) {
        if outcome?.text == "done" { done.insert(step) }
        if outcome?.text == "skipped" { skipped.insert(step) }
    }

    private static let interrupted = ByteString(RunReport.Verdict.interrupted.rawValue)
    private static let failed = ByteString(RunReport.Verdict.validationFailed.rawValue)

    private func ours(_ items: JSON?) -> [JSON] { (items?.array ?? []).filter { $0["kind"]?.text == ByteString(kind.name.rawValue) } }

    private func ids(_ items: [JSON]) -> [ResourceID] { items.compactMap { $0["id"].flatMap { ResourceID(json: $0) } } }

    private func steps(_ items: JSON?) -> [(name: StepName, json: JSON)] {
        ours(items).compactMap { item in
            guard let id = item["id"].flatMap({ ResourceID(json: $0) }), let action = item["action"]?.text else { return nil }
            return (StepName(id: id, action: action), item)
        }
    }
}
