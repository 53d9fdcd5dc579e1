import Seams
import Testing

@testable import Schedules

@Suite struct ScheduleLawTests {
    static let zones = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]

    @Test(arguments: zones, ["30 2 * * *", "0 0 * * *", "15 1,2,3 * * sun", "0 */2 * * *", "50 23 28-31 * *", "40 * * * sat,sun"])
    func overTenYearsItIsAlwaysLaterAndNothingIsSkippedWhereverOneAsks(_ zone: String, _ text: String) throws {
        let schedule = try cron(text, zone)
        let chance = SeededChance(seed: 7)
        var now = at("2020-01-01T00:00Z")
        let end = at("2030-01-01T00:00Z")
        while now < end {
            let next = try #require(schedule.next(after: now))
            #expect(next > now)
            // From anywhere in between the answer is the same one.
            let span = next.milliseconds - now.milliseconds
            let part = chance.bytes(4).reduce(Int64(0)) { $0 << 8 | Int64($1) } % span
            #expect(schedule.next(after: Timestamp(milliseconds: now.milliseconds + part)) == next)
            now = next
        }
    }

    @Test(arguments: zones)
    func aDailyJobRunsOnceOnEachDayOfTenYears(_ zone: String) throws {
        let schedule = try cron("15 2 * * *", zone)
        let clock = try ZoneClock(zone)
        var now = at("2020-01-01T12:00Z")
        var days = Set<Int64>()
        for _ in 0..<3652 {
            now = try #require(schedule.next(after: now))
            let local = now.milliseconds + clock.offset(at: now.milliseconds)
            #expect(days.insert(local / 86_400_000).inserted, "\(now)")
            // Quarter past two, or the end of the gap.
            let minute = local % 86_400_000 / 60_000
            #expect(minute == 135 || minute == 180 || minute == 150, "\(now)")
        }
        #expect(days.count == 3652 && days.max()! - days.min()! == 3651)
    }

    @Test(arguments: zones, ["30 2 * * *", "* 2,3 * * *", "15 1,2,3 * * sun", "0 0 29 2 *", "0 */2 * * *", "*/7 * 1 1 *"])
    func theLastOneIsTheOneBeforeTheNext(_ zone: String, _ text: String) throws {
        let schedule = try cron(text, zone)
        let chance = SeededChance(seed: 11)
        for _ in 0..<100 {
            let moment = at("2020-01-01T00:00Z").advanced(by: .milliseconds(chance.number(in: 0...(10 * 365 * 86_400_000))))
            let last = try #require(schedule.last(upTo: moment))
            let next = try #require(schedule.next(after: moment))
            #expect(last <= moment && schedule.next(after: last) == next)
            #expect(schedule.last(upTo: next) == next && schedule.last(upTo: Timestamp(milliseconds: next.milliseconds - 1)) == last)
        }
        let every = try Schedule(.every(.seconds(30)), jitter: .seconds(5))
        for (moment, last) in [(0, 0), (29_999, 0), (30_000, 30_000), (-1, -30_000), (-30_000, -30_000)] as [(Int64, Int64)] {
            #expect(every.last(upTo: Timestamp(milliseconds: moment)) == Timestamp(milliseconds: last))
        }
    }

    @Test func aPeriodIsCountedFromTheEpoch() throws {
        let schedule = try Schedule(.every(.seconds(30)))
        #expect(schedule.next(after: Timestamp(milliseconds: 0)) == Timestamp(milliseconds: 30_000))
        #expect(schedule.next(after: Timestamp(milliseconds: 29_999)) == Timestamp(milliseconds: 30_000))
        #expect(schedule.next(after: Timestamp(milliseconds: -1)) == Timestamp(milliseconds: 0))
        #expect(schedule.next(after: Timestamp(milliseconds: -30_000)) == Timestamp(milliseconds: 0))
        #expect(schedule.next(after: Timestamp(milliseconds: -30_001)) == Timestamp(milliseconds: -30_000))
        #expect(schedule.next(after: Timestamp(milliseconds: .max)) == nil)
    }

    @Test(arguments: [Int64.max, .min, 1 << 48, -(1 << 48), 253_402_300_799_999])
    func theEndsOfTimeDoNotTrap(_ milliseconds: Int64) throws {
        for zone in Self.zones {
            let next = try cron("0 0 29 2 *", zone).next(after: Timestamp(milliseconds: milliseconds))
            #expect(next.map { $0.milliseconds > milliseconds } ?? true)
        }
    }

    @Test func jitterIsBoundedTheSameEachTimeAndDifferentByName() throws {
        let plain = try cron("0 2 * * *", "Europe/Berlin")
        let schedule = try Schedule(plain.rhythm, jitter: .seconds(600))
        var delays = Set<Duration>()
        for number in 0..<200 {
            let name = "cluster-\(number)/backup"
            let delay = schedule.delay(for: name)
            #expect(delay >= .zero && delay < .seconds(600) && delay == schedule.delay(for: name))
            delays.insert(delay)
            var now = at("2026-03-20T00:00Z")
            for _ in 0..<20 {
                let next = try #require(schedule.next(after: now, for: name))
                #expect(
                    next > now && plain.next(after: next.advanced(by: .zero - delay - .milliseconds(1))) == next.advanced(by: .zero - delay)
                )
                now = next
            }
        }
        #expect(delays.count > 190)
        #expect(plain.delay(for: "a") == .zero)
    }

    @Test func aPeriodOrJitterOutOfBoundsIsRefused() {
        #expect(throws: ScheduleError.self) { try Schedule(.every(.milliseconds(999))) }
        #expect(throws: ScheduleError.self) { try Schedule(.every(.seconds(367 * 86_400))) }
        #expect(throws: ScheduleError.self) { try Schedule(.every(.seconds(30)), jitter: .seconds(31)) }
        #expect(throws: ScheduleError.self) { try Schedule(.every(.seconds(30)), jitter: .seconds(-1)) }
        #expect(throws: ScheduleError.self) { try Schedule(.every(.seconds(200_000)), jitter: .seconds(86_401)) }
    }

    @Test(arguments: ["", "Berlin", "Europe/Berln", "CET", "GMT+3", "Mars/Olympus_Mons", "../etc"])
    func whatIsNoZoneIsRefused(_ name: String) { #expect(throws: ScheduleError.self) { try ZoneClock(name) } }
}
