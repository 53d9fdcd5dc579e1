import Foundation
import Seams
import Testing

@testable import SnapshotModel

/// What each rule keeps, by the calendar.
@Suite("Retention: rules") struct RetentionRuleTests {
    /// Every three hours for ten days until the evening of Wednesday, 25 November 2026.
    private var everyThreeHours: RetentionStage {
        var stage = RetentionStage()
        var moment = Timestamp("2026-11-16T00:00Z")!
        while moment < Timestamp("2026-11-26T00:00Z")! {
            stage.add(String(moment.description.dropFirst(5).prefix(8)), moment.description)
            moment = moment.advanced(by: .seconds(3 * 3_600))
        }
        return stage
    }

    @Test(
        "each rule keeps the newest of each of so many units that have one",
        arguments: [
            (RetentionRules(last: 3), ["11-25T15", "11-25T18", "11-25T21"]),
            (RetentionRules(hourly: 2), ["11-25T18", "11-25T21"]),
            (RetentionRules(daily: 3), ["11-23T21", "11-24T21", "11-25T21"]),
            // Monday, 23 November begins week 48.
            (RetentionRules(weekly: 2), ["11-22T21", "11-25T21"]),
            (RetentionRules(weekly: 5), ["11-22T21", "11-25T21"]),
            (RetentionRules(monthly: 3), ["11-25T21"]), (RetentionRules(yearly: 1), ["11-25T21"]),
            (RetentionRules(within: .seconds(6 * 3_600)), ["11-25T15", "11-25T18", "11-25T21"]),
            // Rules add up, and each counts for itself.
            (RetentionRules(last: 1, daily: 2, weekly: 2), ["11-22T21", "11-24T21", "11-25T21"]),
            // One that asks for nothing keeps what must stay.
            (RetentionRules(), ["11-25T21"]), (RetentionRules(last: 0, daily: -1, within: .zero), ["11-25T21"]),
        ] as [(RetentionRules, [String])])
    func rules(_ rules: RetentionRules, _ kept: [String]) { #expect(everyThreeHours.kept(rules) == kept) }

    @Test("weeks are ISO's, months and years the calendar's, leap day and turn of the year included")
    func calendar() {
        var stage = RetentionStage()
        for day in ["2024-02-28", "2024-02-29", "2024-03-01", "2024-12-29", "2024-12-30", "2024-12-31", "2025-01-01", "2025-01-05"] {
            stage.add(day, "\(day)T12:00Z")
        }
        // Monday, 30 December 2024 to Sunday, 5 January 2025 is one week.
        #expect(stage.kept(RetentionRules(weekly: 2)) == ["2024-12-29", "2025-01-05"])
        #expect(stage.kept(RetentionRules(monthly: 4)) == ["2024-02-29", "2024-03-01", "2024-12-31", "2025-01-05"])
        #expect(stage.kept(RetentionRules(yearly: 9)) == ["2024-12-31", "2025-01-05"])
    }

    @Test("days begin where the operator lives")
    func timeZone() {
        var stage = RetentionStage()
        for (name, moment) in [("a", "2026-11-23T22:30Z"), ("b", "2026-11-23T23:30Z"), ("c", "2026-11-24T22:30Z")] {
            stage.add(name, moment)
        }
        #expect(stage.kept(RetentionRules(daily: 2)) == ["b", "c"], "by UTC a and b are of one day")
        #expect(stage.kept(RetentionRules(daily: 2), zone: "Europe/Berlin") == ["a", "c"], "in Berlin b and c are")
        #expect(stage.kept(RetentionRules(daily: 3), zone: "Asia/Kathmandu") == ["b", "c"], "at 04:15, 05:15 and 04:15")
    }

    @Test("a day of 23 and one of 25 hours are a day each; the hour that comes twice is two, the one left out is none")
    func daylightSaving() {
        var stage = RetentionStage()
        // Berlin's clocks went forward at 2026-03-29T01:00Z, and back at 2026-10-25T01:00Z.
        for (name, moment) in [
            ("spring before", "2026-03-28T22:59Z"), ("spring first", "2026-03-28T23:00Z"), ("spring last", "2026-03-29T21:59Z"),
            ("spring after", "2026-03-29T22:00Z"), ("autumn before", "2026-10-24T21:59Z"), ("autumn first", "2026-10-24T22:00Z"),
            ("autumn last", "2026-10-25T22:59Z"), ("autumn after", "2026-10-25T23:00Z"),
        ] {
            stage.add(name, moment)
        }
        #expect(
            stage.kept(RetentionRules(daily: 6), zone: "Europe/Berlin")
                == ["autumn after", "autumn before", "autumn last", "spring after", "spring before", "spring last"])
        var night = RetentionStage()
        for hour in ["00:30", "01:30", "02:30"] { night.add(hour, "2026-10-25T\(hour)Z") }
        #expect(night.kept(RetentionRules(hourly: 3), zone: "Europe/Berlin") == ["00:30", "01:30", "02:30"], "02:30, 02:30 again, 03:30")
        var short = RetentionStage()
        for hour in ["00:30", "01:30"] { short.add(hour, "2026-03-29T\(hour)Z") }
        #expect(short.kept(RetentionRules(hourly: 3), zone: "Europe/Berlin") == ["00:30", "01:30"], "01:30 and 03:30")
        var half = RetentionStage()
        for (name, moment) in [("a", "2026-11-24T00:20Z"), ("b", "2026-11-24T00:40Z")] { half.add(name, moment) }
        #expect(half.kept(RetentionRules(hourly: 2), zone: "Asia/Kolkata") == ["a", "b"], "hours begin at :30 UTC there")
        #expect(half.kept(RetentionRules(hourly: 2)) == ["b"])
    }

    @Test("of two that end in one moment the greater id counts as newer, in whatever order they come")
    func ties() {
        var stage = RetentionStage()
        for name in ["a", "b", "c"] { stage.add(name, "2026-11-24T00:00Z") }
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            var other = stage
            other.snapshots = order.map { stage.snapshots[$0] }
            #expect(other.kept(RetentionRules(last: 1)) == ["c"])
            #expect(other.kept(RetentionRules(last: 2, daily: 1)) == ["b", "c"])
        }
    }

    @Test("within counts from the newest, so a cluster that is not backed up any more keeps what it has")
    func within() {
        var stage = RetentionStage()
        for day in 1...9 { stage.add("\(day)", "2020-01-0\(day)T00:00Z") }
        #expect(stage.kept(RetentionRules(within: .seconds(2 * 86_400))) == ["7", "8", "9"])
        #expect(stage.kept(RetentionRules(within: .seconds(2 * 86_400 - 1))) == ["8", "9"])
    }

    @Test("of a bucket the newest complete one stays, and where none is complete the newest")
    func completeOnes() {
        var stage = RetentionStage()
        stage.add("mon complete", "2026-11-23T03:00Z")
        stage.add("mon partial", "2026-11-23T04:00Z", grade: .partial)
        stage.add("tue partial", "2026-11-24T03:00Z", grade: .partial)
        stage.add("tue moved", "2026-11-24T02:00Z", grade: .moved)
        stage.add("wed partial", "2026-11-25T03:00Z", grade: .partial)
        stage.add("wed partial later", "2026-11-25T04:00Z", grade: .partial)
        #expect(stage.kept(RetentionRules(daily: 3)) == ["mon complete", "tue moved", "wed partial later"])
    }

    @Test("positions alone do not use up the numbers of whole snapshots, nor the other way round")
    func selections() {
        var stage = RetentionStage()
        for day in 1...4 {
            stage.add("whole \(day)", "2026-11-2\(day)T00:00Z")
            for hour in 1...5 {
                stage.add("positions \(day) \(hour)", "2026-11-2\(day)T0\(hour):00Z", selection: "+consumer-groups", topics: nil)
            }
        }
        #expect(stage.kept(RetentionRules(last: 2)) == ["positions 4 4", "positions 4 5", "whole 3", "whole 4"])
        #expect(stage.kept(RetentionRules(daily: 2)) == ["positions 3 5", "positions 4 5", "whole 3", "whole 4"])
    }

    @Test("--tag narrows what is counted and may go; --keep-tag keeps")
    func tags() {
        var stage = RetentionStage()
        for day in 1...4 {
            stage.add("nightly \(day)", "2026-11-2\(day)T00:00Z", tags: ["nightly"])
            stage.add("release \(day)", "2026-11-2\(day)T12:00Z", tags: day == 1 ? ["release", "keep"] : ["release"])
        }
        let nightly = stage.verdicts(RetentionRules(last: 1), tags: ["nightly"])
        #expect(stage.kept(nightly) == ["nightly 4", "release 1", "release 2", "release 3", "release 4"])
        #expect(nightly[RetentionStage.id("release 2")] == .keep([.otherTags]))
        #expect(stage.kept(RetentionRules(last: 1, tags: ["keep"])) == ["release 1", "release 4"])
        #expect(
            stage.kept(RetentionRules(last: 1), tags: ["nightly", "keep"]) == ["nightly 4", "release 2", "release 3", "release 4"],
            "one of the tags is enough")
        #expect(stage.kept(RetentionRules(last: 1), tags: ["no such"]).count == 8)
    }
}
