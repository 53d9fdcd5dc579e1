import Seams
import Testing

@testable import Schedules

@Suite struct DaylightSavingTests {
    @Test func aTimeThatIsLeftOutIsDueWhenTheClockIsSet() throws {
        #expect(
            try cron("30 2 * * *", "Europe/Berlin").next(3, after: "2026-03-27T12:00Z")
                == ["2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"])
        #expect(
            try cron("15 2 * * *", "America/New_York").next(2, after: "2026-03-07T12:00Z") == ["2026-03-08T07:00Z", "2026-03-09T06:15Z"])
        // Half an hour, from 2:00 to 2:30.
        #expect(
            try cron("15 2 * * *", "Australia/Lord_Howe").next(2, after: "2026-10-03T12:00Z") == ["2026-10-03T15:30Z", "2026-10-04T15:15Z"])
        // Two times in the gap are due once: it is one moment.
        #expect(try cron("10,40 2 29 3 *", "Europe/Berlin").next(1, after: "2026-03-28T12:00Z") == ["2026-03-29T01:00Z"])
        #expect(
            try cron("10,40 2 * * *", "Europe/Berlin").next(2, after: "2026-03-29T00:59Z") == ["2026-03-29T01:00Z", "2026-03-30T00:10Z"])
    }

    @Test func aDayThatAPlaceLeftOutIsDueTheMomentTheNextBegins() throws {
        // Samoa had no 30th of December 2011.
        #expect(try cron("0 12 30 12 *", "Pacific/Apia").next(1, after: "2011-12-29T00:00Z") == ["2011-12-30T10:00Z"])
    }

    @Test func aTimeThatComesTwiceIsDueTheFirstTime() throws {
        #expect(
            try cron("30 2 * * *", "Europe/Berlin").next(3, after: "2026-10-24T12:00Z")
                == ["2026-10-25T00:30Z", "2026-10-26T01:30Z", "2026-10-27T01:30Z"])
        // Asked in the second pass, before its half past.
        #expect(try cron("30 2 * * *", "Europe/Berlin").next(1, after: "2026-10-25T01:10Z") == ["2026-10-26T01:30Z"])
        #expect(
            try cron("30 1 * * *", "America/New_York").next(2, after: "2026-10-31T12:00Z") == ["2026-11-01T05:30Z", "2026-11-02T06:30Z"])
        #expect(
            try cron("45 1 * * *", "Australia/Lord_Howe").next(2, after: "2026-04-04T00:00Z") == ["2026-04-04T14:45Z", "2026-04-05T15:15Z"])
    }

    @Test(arguments: ["Europe/Berlin", "America/New_York", "UTC"])
    func anHourlyJobRunsEveryRealHour(_ zone: String) throws {
        let schedule = try cron("20 * * * *", zone)
        var now = at("2026-01-01T00:00Z")
        for _ in 0..<366 * 24 {
            let next = try #require(schedule.next(after: now))
            #expect(next.since(now) <= .seconds(3600) && next.milliseconds % 3_600_000 == 1_200_000)
            now = next
        }
    }

    @Test func anHourlyJobFollowsAClockThatIsSetByHalfAnHour() throws {
        let schedule = try cron("45 * * * *", "Australia/Lord_Howe")
        #expect(
            schedule.next(4, after: "2026-04-04T14:00Z") == [
                "2026-04-04T14:45Z", "2026-04-04T15:15Z", "2026-04-04T16:15Z", "2026-04-04T17:15Z",
            ])
    }

    @Test(arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
    func everyQuarterStaysAQuarterAcrossBothChanges(_ zone: String) throws {
        let schedule = try cron("*/15 * * * *", zone)
        for start in [
            "2026-03-07T00:00Z", "2026-03-28T00:00Z", "2026-04-04T00:00Z", "2026-10-03T00:00Z", "2026-10-24T00:00Z", "2026-10-31T00:00Z",
        ] {
            var now = at(start)
            for _ in 0..<192 {
                let next = try #require(schedule.next(after: now))
                #expect(next.since(now) == .seconds(900))
                now = next
            }
        }
    }
}
