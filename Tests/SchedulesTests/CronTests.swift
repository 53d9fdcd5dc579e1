import Seams
import Testing

@testable import Schedules

@Suite struct CronTests {
    @Test(arguments: [
        ("15 2 * * *", ["2026-11-27T02:15Z", "2026-11-28T02:15Z"]), ("*/20 * * * *", ["2026-11-26T11:20Z", "2026-11-26T11:40Z"]),
        ("0 8-18/5 * * mon-fri", ["2026-11-26T13:00Z", "2026-11-26T18:00Z", "2026-11-27T08:00Z"]),
        ("0 0 29 2 *", ["2028-02-29T00:00Z", "2032-02-29T00:00Z"]),
        ("0 0 31 * *", ["2026-12-31T00:00Z", "2027-01-31T00:00Z", "2027-03-31T00:00Z"]),
        ("5,10 0 1 JAN,jul *", ["2027-01-01T00:05Z", "2027-01-01T00:10Z", "2027-07-01T00:05Z"]),
        ("0 0 * * 7", ["2026-11-29T00:00Z"]), ("0 0 * * 0", ["2026-11-29T00:00Z"]),
        ("0 0 * * fri-7", ["2026-11-27T00:00Z", "2026-11-28T00:00Z", "2026-11-29T00:00Z", "2026-12-04T00:00Z"]),
        ("@hourly", ["2026-11-26T12:00Z"]), ("@daily", ["2026-11-27T00:00Z"]), ("@midnight", ["2026-11-27T00:00Z"]),
        ("@weekly", ["2026-11-29T00:00Z"]), ("@monthly", ["2026-12-01T00:00Z"]), ("@YEARLY", ["2027-01-01T00:00Z"]),
    ])
    func isDueWhenVixieCronIs(_ text: String, _ due: [String]) throws {
        #expect(try cron(text).next(due.count, after: "2026-11-26T11:08:46.123Z") == due)
    }

    @Test func aDayThatFitsEitherFieldIsTakenUnlessOneBeginsWithAStar() throws {
        // Friday the 27th, the 1st and Fridays.
        #expect(
            try cron("0 0 1 * fri").next(3, after: "2026-11-26T00:00Z") == ["2026-11-27T00:00Z", "2026-12-01T00:00Z", "2026-12-04T00:00Z"])
        #expect(try cron("0 0 13 * *").next(1, after: "2026-11-26T00:00Z") == ["2026-12-13T00:00Z"])
        // An odd day that is a Friday.
        #expect(try cron("0 0 */2 * fri").next(2, after: "2026-11-26T00:00Z") == ["2026-11-27T00:00Z", "2026-12-11T00:00Z"])
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 8", "*/0 * * * *",
        "*/90 * * * *",
        "5/10 * * * *", "10-5 * * * *", "1,,2 * * * *", ", * * * *", "a * * * *", "-1 * * * *", "+1 * * * *", "１ * * * *", "* * * foo *",
        "* * * * monday", "@reboot", "@", "1- * * * *", "1-2-3 * * * *", "*/2/3 * * * *", "** * * * *",
    ])
    func whatIsNoCronLineIsRefusedWithAHint(_ text: String) {
        let error = #expect(throws: ScheduleError.self) { try CronExpression(text) }
        #expect(error?.hint.hasSuffix(".") == true)
    }

    @Test(arguments: ["0 0 30 2 *", "0 0 31 2,4,6,9,11 *", "0 0 30-31 feb *"])
    func aDateThatNeverComesIsRefused(_ text: String) {
        let error = #expect(throws: ScheduleError.self) { try CronExpression(text) }
        #expect(error?.message.contains("never due") == true)
    }

    @Test func anImpossibleDateWithAWeekdayIsDueOnTheWeekday() throws {
        #expect(try cron("0 0 30 2 mon").next(1, after: "2026-02-01T00:00Z") == ["2026-02-02T00:00Z"])
    }

    @Test func everyMinuteOfAWeekIsJudgedAsByLookingAtEachField() throws {
        for text in ["*/7 3,9-11 * * 1-5", "0 12 1-7 * *", "30 */6 2-30/4 2-12/2 *", "59 23 31 12 *", "1 1 1 1 sun"] {
            let expression = try CronExpression(text)
            let begin = at("2026-01-01T00:00Z").milliseconds / 60_000
            let all = (begin..<begin + 366 * 1440).filter { expression.first(from: $0) == $0 }
            var walked: [Int64] = []
            var minute = begin
            while let next = expression.first(from: minute), next < begin + 366 * 1440 {
                walked.append(next)
                minute = next + 1
            }
            #expect(walked == all && !all.isEmpty, "\(text)")
        }
    }
}
