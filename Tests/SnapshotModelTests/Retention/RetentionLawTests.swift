import Bytes
import Seams
import Testing

@testable import SnapshotModel

/// What holds for every set of snapshots and rules.
@Suite("Retention: laws") struct RetentionLawTests {
    /// Of everything, narrowed in part or to a part, and in words that cannot be read.
    private static let selections = ["", "", "", "+consumer-groups", "-broker-configs", "-topics:tmp", "+topics:a", "-consumer-groups:a b"]

    /// A few dozen snapshots of one to three clusters, with everything that can be odd about them.
    static func stage(_ chance: SeededChance) -> RetentionStage {
        var stage = RetentionStage()
        var last: String?
        // In some repositories nothing is of everything, as where a policy leaves something out.
        let chosen = chance.number(in: 0...3) == 0 ? Array(selections.suffix(2)) : selections
        // The third cluster took the first one's place, in half of the cases.
        let former: [ByteString] = chance.number(in: 0...1) == 0 ? ["a"] : []
        for number in 0..<chance.number(in: 1...40) {
            let name = "s\(number)"
            let moment = stage.now.advanced(by: .seconds(-chance.number(in: -86_400...(40 * 86_400))))
            let cluster = chance.number(in: 0...2)
            let grade = Certificate.Grade.allCases[chance.number(in: 0...3)]
            stage.add(
                name, moment.description, parent: chance.number(in: 0...3) == 0 ? last : nil, cluster: ["a", "b", "c"][cluster],
                former: cluster == 2 ? former : [], tags: chance.number(in: 0...4) == 0 ? ["t"] : [],
                pinned: chance.number(in: 0...15) == 0, grade: grade, selection: chosen[chance.number(in: 0...(chosen.count - 1))],
                topics: chance.number(in: 0...9) == 0 ? nil : [0, 5, 40, 100][chance.number(in: 0...3)],
                provisional: chance.number(in: 0...20) == 0, read: chance.number(in: 0...20) == 0)
            last = name
        }
        return stage
    }

    static func rules(_ chance: SeededChance) -> RetentionRules {
        func count() -> Int? { chance.number(in: 0...2) == 0 ? chance.number(in: 1...5) : nil }
        return RetentionRules(
            last: count(), hourly: count(), daily: count(), weekly: count(), monthly: count(), yearly: count(),
            within: count().map { .seconds($0 * 86_400) }, tags: chance.number(in: 0...4) == 0 ? ["t"] : [])
    }

    /// Seeds are fixed: a failure names its own.
    private func each(_ body: (UInt64, RetentionStage, RetentionRules, SeededChance) -> Void) {
        for seed in UInt64(0)..<400 {
            let chance = SeededChance(seed: seed)
            body(seed, Self.stage(chance), Self.rules(chance), chance)
        }
    }

    @Test("the order does not matter, and deciding again about what stays keeps all of it")
    func deciding() {
        each { seed, stage, rules, chance in
            let verdicts = stage.verdicts(rules)
            #expect(verdicts.count == stage.snapshots.count, "seed \(seed)")
            var turned = stage
            turned.snapshots.reverse()
            #expect(turned.verdicts(rules) == verdicts, "seed \(seed)")
            var rest = stage
            rest.snapshots.removeAll { verdicts[$0.id]?.isKept == false }
            #expect(rest.verdicts(rules).values.allSatisfy { $0.isKept }, "seed \(seed)")
            // A forget that was killed half way.
            var half = stage
            half.snapshots.removeAll { verdicts[$0.id]?.isKept == false && chance.number(in: 0...1) == 0 }
            #expect(half.kept(rules) == stage.kept(verdicts), "seed \(seed)")
        }
    }

    @Test("more rules keep more")
    func monotony() {
        each { seed, stage, rules, chance in
            var more = rules
            let other = Self.rules(chance)
            more.last = max(rules.last ?? 0, other.last ?? 0)
            more.hourly = max(rules.hourly ?? 0, other.hourly ?? 0)
            more.daily = max(rules.daily ?? 0, other.daily ?? 0)
            more.weekly = max(rules.weekly ?? 0, other.weekly ?? 0)
            more.monthly = max(rules.monthly ?? 0, other.monthly ?? 0)
            more.yearly = max(rules.yearly ?? 0, other.yearly ?? 0)
            more.within = max(rules.within ?? .zero, other.within ?? .zero)
            more.tags += other.tags
            #expect(Set(stage.kept(rules)).isSubset(of: stage.kept(more)), "seed \(seed)")
            #expect(Set(stage.kept(rules)).isSubset(of: stage.kept(rules, tags: ["t"])), "seed \(seed): fewer are meant")
        }
    }

    @Test("of each cluster that had a complete snapshot one stays, and so does what the newest ones lack")
    func nothingIsLost() {
        each { seed, stage, rules, _ in
            let kept = Set(stage.kept(rules))
            for lineage in RetentionLineage.all(stage.snapshots) {
                let names = lineage.snapshots.filter { kept.contains(stage.names[$0.id] ?? "") }
                let settled = lineage.snapshots.filter { !$0.isProvisional }
                if settled.contains(where: \.isComplete) { #expect(names.contains { $0.isComplete }, "seed \(seed)") }
                let usual = lineage.usual(stage.now)
                for selection in Set(usual.map(\.selection)) {
                    let last = usual.first { $0.selection == selection && $0.isWhole }
                    #expect(last.map { kept.contains(stage.names[$0.id] ?? "") } ?? true, "seed \(seed): '\(selection)'")
                    let all = usual.first { $0.selection == selection && $0.hasAll(of: "topics") }?.scopes.scope(of: "topics")
                    #expect(
                        all.map { scope in names.contains { $0.hasAll(of: "topics") && $0.scopes.scope(of: "topics") == scope } } ?? true,
                        "seed \(seed): the last with all topics of '\(selection)'")
                }
                #expect(names.first?.id == lineage.snapshots.first?.id, "seed \(seed): the newest stays")
                for (place, suspect) in lineage.snapshots.enumerated()
                where suspect.grade == .suspect && kept.contains(stage.names[suspect.id] ?? "") {
                    for holder in lineage.snapshots[(place + 1)...] where holder.holds("topics", missingIn: suspect) {
                        #expect(
                            names.contains { $0.finished <= suspect.finished && $0.holds("topics", missingIn: suspect) }, "seed \(seed)")
                    }
                }
            }
        }
    }

    @Test("what is named goes or has a reason that protects; nothing else goes")
    func naming() {
        each { seed, stage, _, chance in
            let named = Set(stage.snapshots.map(\.id).filter { _ in chance.number(in: 0...1) == 0 })
            for (id, verdict) in RetentionDecision.decide(named: named, stage.snapshots, now: stage.now) {
                if named.contains(id) {
                    #expect(!verdict.reasons.contains(.notNamed), "seed \(seed)")
                } else {
                    #expect(verdict.reasons.contains(.notNamed), "seed \(seed)")
                }
            }
        }
    }
}
