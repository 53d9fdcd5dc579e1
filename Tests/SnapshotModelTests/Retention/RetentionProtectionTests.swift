import Seams
import Testing

@testable import SnapshotModel

/// What stays whatever the rules say.
@Suite("Retention: protections") struct RetentionProtectionTests {
    private let one = RetentionRules(last: 1)

    @Test("the last complete one stays, however many partial and narrowed ones follow")
    func lastComplete() {
        var stage = RetentionStage()
        stage.add("older", "2026-11-01T00:00Z")
        stage.add("complete", "2026-11-02T00:00Z")
        for day in 3...9 { stage.add("partial \(day)", "2026-11-0\(day)T00:00Z", grade: .partial) }
        stage.add("narrow", "2026-11-10T00:00Z", selection: "+topics")
        #expect(stage.kept(one) == ["complete", "narrow", "partial 9"])
        #expect(stage.why("complete", one) == ["the last complete one"])
        #expect(stage.named("complete")[RetentionStage.id("complete")] == .keep([.lastComplete]), "not by name either")
        #expect(stage.named("older", "partial 3")[RetentionStage.id("older")] == .forget)
    }

    @Test("the newest whole one of each selection stays, as an unchanged cluster gets no new one; not by name")
    func selections() {
        var stage = RetentionStage()
        stage.add("topics 1", "2026-11-01T00:00Z", selection: "+topics")
        stage.add("topics 2", "2026-11-02T00:00Z", selection: "+topics")
        stage.add("topics 3", "2026-11-03T00:00Z", grade: .partial, selection: "+topics")
        for day in 4...9 { stage.add("positions \(day)", "2026-11-0\(day)T00:00Z", selection: "+consumer-groups") }
        let rules = RetentionRules(within: .seconds(86_400))
        #expect(stage.kept(rules) == ["positions 8", "positions 9", "topics 2"])
        #expect(stage.why("topics 2", rules) == ["the last with all topics", "the newest of its selection"])
        #expect(stage.named("topics 2")[RetentionStage.id("topics 2")]?.isKept == true, "nothing else has all topics")
        stage.add("everything", "2026-11-10T00:00Z")
        #expect(stage.why("topics 2", rules) == ["the newest of its selection"])
        #expect(stage.named("topics 2")[RetentionStage.id("topics 2")] == .forget, "an operator may say that it is over")
    }

    @Test("what was confirmed counts as true until then where a rule asks for a time")
    func confirmed() {
        var stage = RetentionStage()
        stage.add("long ago", "2026-09-30T00:00Z", confirmed: "2026-10-01T00:00Z")
        stage.add("unchanged", "2026-10-01T00:00Z", confirmed: "2026-11-24T23:59Z")
        stage.add("changed", "2026-11-25T00:00Z")
        let rules = RetentionRules(within: .seconds(7 * 86_400))
        #expect(stage.kept(rules) == ["changed", "unchanged"], "of the last week it is the only one that tells")
        #expect(stage.why("unchanged", rules) == ["within"])
        #expect(stage.kept(RetentionRules(last: 1)) == ["changed"])
    }

    @Test("where nothing is ever complete, the last one with each section whole stays")
    func lastWithComplete() {
        var stage = RetentionStage()
        stage.add("whole topics", "2026-11-01T00:00Z", grade: .partial, isWhole: true)
        stage.add("part 1", "2026-11-02T00:00Z", grade: .partial)
        stage.add("part 2", "2026-11-03T00:00Z", grade: .partial)
        #expect(stage.kept(one) == ["part 2", "whole topics"])
        #expect(stage.why("whole topics", one) == ["the last with all topics"])
    }

    @Test("each lineage keeps its own; ids that meet make one lineage, in whatever order they are found")
    func lineages() {
        var stage = RetentionStage()
        stage.add("a1", "2026-11-01T00:00Z", cluster: "a")
        stage.add("a2", "2026-11-02T00:00Z", cluster: "a")
        stage.add("b1", "2026-11-03T00:00Z", cluster: "b")
        stage.add("b2", "2026-11-04T00:00Z", cluster: "b")
        #expect(stage.kept(one) == ["a2", "b2"])
        #expect(stage.kept(one, cluster: "a") == ["a2"], "the other lineage has no verdict")
        stage.add("c1", "2026-11-05T00:00Z", cluster: "c", former: ["a", "b"])
        for order in [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3]] {
            var other = stage
            other.snapshots = order.map { stage.snapshots[$0] }
            #expect(other.kept(one) == ["a2", "b2", "c1"])
            #expect(other.kept(one, cluster: "b") == ["a2", "b2", "c1"])
        }
        #expect(stage.why("a2", one) == ["the last of the former cluster a"], "what was before the disaster does not age away")
        #expect(stage.named("a2")[RetentionStage.id("a2")] == .forget, "an operator may say that it is over")
    }

    @Test("pinned ones, those that are being restored, and those whose backup is at work stay, and count for nothing")
    func pinsAndReaders() {
        var stage = RetentionStage()
        stage.add("pinned", "2026-11-01T00:00Z", pinned: true)
        stage.add("read", "2026-11-02T00:00Z", read: true)
        stage.add("plain", "2026-11-03T00:00Z")
        stage.add("settled", "2026-11-04T00:00Z")
        stage.add("provisional", "2026-11-05T00:00Z", provisional: true)
        #expect(stage.kept(one) == ["pinned", "provisional", "read", "settled"])
        #expect(stage.why("settled", one).contains("last"), "the provisional one does not use up the number")
        #expect(stage.why("pinned", one) == ["pinned"] && stage.why("read", one) == ["a restore reads it"])
        let named = stage.named("pinned", "read", "plain", "provisional")
        #expect(stage.kept(named) == ["pinned", "provisional", "read", "settled"])
    }

    @Test("a snapshot dated in the future stays, and uses up no number")
    func future() {
        var stage = RetentionStage()
        stage.add("ahead", "2027-01-01T00:00Z")
        stage.add("now", "2026-11-26T12:00Z")
        stage.add("before", "2026-11-25T12:00Z")
        stage.add("long before", "2026-11-24T12:00Z")
        #expect(stage.kept(RetentionRules(last: 2)) == ["ahead", "before", "now"])
        #expect(stage.why("ahead", one) == ["the newest", "dated in the future"])
        #expect(stage.named("ahead")[RetentionStage.id("ahead")] == .forget)
    }

    @Test("beside a clock that went back both stay: neither date can be relied on")
    func clocks() {
        var stage = RetentionStage()
        stage.add("first", "2026-11-20T00:00Z")
        stage.add("second", "2026-11-21T00:00Z", parent: "first")
        stage.add("fast", "2026-11-25T00:00Z", parent: "second")
        stage.add("set back", "2026-11-22T00:00Z", parent: "fast")
        stage.add("third", "2026-11-23T00:00Z", parent: "set back")
        #expect(stage.kept(one) == ["fast", "set back", "third"])
        #expect(stage.why("set back", one) == ["a clock went back beside it"])
    }

    @Test("where no date can be relied on the last complete one stays all the same")
    func allInTheFuture() {
        var stage = RetentionStage()
        stage.add("b", "2027-01-02T00:00Z")
        stage.add("a", "2027-01-01T00:00Z")
        #expect(stage.kept(one) == ["a", "b"])
        #expect(stage.kept(stage.named("a", "b")) == ["b"])
    }

    @Test("the last one stays that holds what suspect ones lack, and so on for what that one lacks")
    func suspects() {
        var stage = RetentionStage()
        stage.add("thousand", "2026-11-01T00:00Z", topics: 1_000)
        stage.add("suspect hundred", "2026-11-02T00:00Z", grade: .suspect, topics: 100)
        stage.add("suspect ten", "2026-11-03T00:00Z", grade: .suspect, topics: 10)
        stage.add("suspect ten again", "2026-11-04T00:00Z", grade: .suspect, topics: 10)
        #expect(stage.kept(one) == ["suspect hundred", "suspect ten again", "thousand"])
        #expect(
            stage.why("suspect hundred", one)
                == ["holds the topics that the suspect \(RetentionStage.id("suspect ten again").short) lacks"])
        let named = stage.named("suspect ten", "suspect hundred", "thousand")
        #expect(stage.kept(named) == ["suspect hundred", "suspect ten again", "thousand"], "not by name while a suspect one stays")
    }

    @Test("an accepted loss ends the protection: the suspect ones go, and what they lacked with them")
    func acceptedLoss() {
        var stage = RetentionStage()
        stage.add("thousand", "2026-11-01T00:00Z", topics: 1_000)
        stage.add("suspect", "2026-11-02T00:00Z", grade: .suspect, topics: 10)
        stage.add("accepted", "2026-11-03T00:00Z", topics: 10)
        #expect(stage.kept(RetentionRules(last: 2)) == ["accepted", "suspect", "thousand"])
        #expect(stage.kept(one) == ["accepted"])
    }

    @Test("a suspect snapshot that lacks a whole section keeps the last one that has it")
    func missingSection() {
        var stage = RetentionStage()
        stage.add("with", "2026-11-01T00:00Z", grade: .partial, topics: 5)
        stage.add("without", "2026-11-02T00:00Z", grade: .suspect, topics: nil)
        #expect(stage.kept(one) == ["with", "without"])
    }
}
