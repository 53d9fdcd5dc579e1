import Seams
import Testing

@testable import SnapshotModel

/// Narrowed snapshots have their last complete one as well.
@Suite("Retention: selections") struct RetentionSelectionTests {
    private let one = RetentionRules(last: 1)
    private let narrow = "-consumer-groups:console-*"

    @Test("where every snapshot is narrowed, the last whole one stays, however many partial and suspect ones follow")
    func narrowed() {
        var stage = RetentionStage()
        stage.add("older", "2026-11-25T00:00Z", selection: narrow)
        stage.add("stable", "2026-11-26T00:00Z", selection: narrow)
        for hour in 1...9 {
            stage.add("bad \(hour)", "2026-11-26T0\(hour):00Z", grade: hour % 2 == 0 ? .partial : .suspect, selection: narrow)
        }
        for rules in [one, RetentionRules(within: .seconds(1)), RetentionRules(hourly: 1)] {
            #expect(stage.kept(rules).contains("stable"), "\(rules)")
            #expect(!stage.kept(rules).contains("older"), "\(rules)")
        }
        #expect(stage.kept(RetentionRules(daily: 1)) == ["bad 9", "stable"], "of a day the whole one")
        #expect(stage.named("stable")[RetentionStage.id("stable")]?.isKept == true, "not by name either")
        #expect(stage.named("older")[RetentionStage.id("older")] == .forget)
    }

    @Test("a suspect narrowed one keeps what it lacks, and only of the same rules")
    func suspects() {
        var stage = RetentionStage()
        stage.add("others", "2026-11-20T00:00Z", topics: 900)
        stage.add("twenty", "2026-11-21T00:00Z", selection: "+topics:orders-*", topics: 20)
        stage.add("others again", "2026-11-22T00:00Z", topics: 900)
        stage.add("suspect", "2026-11-23T00:00Z", grade: .suspect, selection: "+topics:orders-*", topics: 1)
        #expect(stage.why("twenty", one).contains("holds the topics that the suspect \(RetentionStage.id("suspect").short) lacks"))
        #expect(stage.kept(one) == ["others again", "suspect", "twenty"])
    }

    @Test("a changed selection makes no older complete one forgettable")
    func changed() {
        var stage = RetentionStage()
        stage.add("everything", "2026-11-20T00:00Z")
        stage.add("wide", "2026-11-21T00:00Z", selection: "-topics:tmp")
        stage.add("narrow 1", "2026-11-22T00:00Z", selection: "-topics:tmp -topics:orders")
        stage.add("narrow 2", "2026-11-23T00:00Z", selection: "-topics:tmp -topics:orders")
        #expect(stage.kept(one) == ["everything", "narrow 2", "wide"])
        #expect(stage.why("wide", one).contains("the newest of its selection"))
        #expect(stage.named("wide")[RetentionStage.id("wide")] == .forget, "an operator may say that it is over")
        #expect(stage.named("everything")[RetentionStage.id("everything")] == .keep([.lastComplete]))
    }

    @Test("where gaps leave none of a selection whole, the last one with all that its rules take stays")
    func partial() {
        var stage = RetentionStage()
        stage.add("all topics", "2026-11-20T00:00Z", grade: .partial, selection: narrow, isWhole: true)
        for day in 1...3 { stage.add("gap \(day)", "2026-11-2\(day)T00:00Z", grade: .partial, selection: narrow, isWhole: false) }
        stage.add("some", "2026-11-24T00:00Z", grade: .partial, selection: "+topics:a", isWhole: true)
        stage.add("some, with gaps", "2026-11-25T00:00Z", grade: .partial, selection: "+topics:a", isWhole: false)
        #expect(stage.kept(one) == ["all topics", "gap 3", "some", "some, with gaps"])
        #expect(stage.why("all topics", one) == ["the last with all topics"])
        #expect(stage.why("some", one) == ["the last with all topics by +topics:a"])
    }

    @Test("of a former cluster the last whole one of each selection stays")
    func formerClusters() {
        var stage = RetentionStage()
        for day in 1...3 {
            stage.add("old \(day)", "2026-11-0\(day)T00:00Z", cluster: "old", selection: narrow)
            stage.add("old positions \(day)", "2026-11-0\(day)T12:00Z", cluster: "old", selection: "+consumer-groups", topics: nil)
        }
        for day in 4...6 {
            stage.add("new \(day)", "2026-11-0\(day)T00:00Z", cluster: "new", former: ["old"], selection: narrow, topics: 0)
        }
        #expect(Set(stage.kept(one)).isSuperset(of: ["new 6", "old 3", "old positions 3"]))
        #expect(!stage.kept(one).contains("old 2"))
    }
}
