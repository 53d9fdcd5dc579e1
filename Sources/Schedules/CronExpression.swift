import Seams

/// When a cron line is due, on a calendar without a time zone.
///
/// Five fields (minute, hour, day of the month, month, day of the week) as in Vixie cron's crontab(5), or one of `@hourly`,
/// `@daily` (`@midnight`), `@weekly`, `@monthly`, `@yearly` (`@annually`). Where both day fields are given and neither begins with
/// a star, a day that fits either is taken; else it must fit both.
public struct CronExpression: Hashable, Sendable, CustomStringConvertible {
    /// As it was written, blanks joined.
    public let description: String
    private let minute, hour, day, month, weekday: CronField

    private static let words = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    /// Throws where a field is not understood, and where no date of the calendar fits.
    public init(_ text: some StringProtocol) throws(ScheduleError) {
        guard text.utf8.count <= 1024 else {
            throw ScheduleError("the schedule is longer than 1,024 bytes", "five fields need far less.")
        }
        let written = text.split { $0.isWhitespace }.map { String($0) }
        description = written.joined(separator: " ")
        var line = description
        if line.hasPrefix("@") {
            guard let meant = Self.words[line.lowercased()] else {
                throw ScheduleError("'\(line)' is no schedule", "the words are @hourly, @daily, @weekly, @monthly and @yearly.")
            }
            line = meant
        }
        let fields = line.split(separator: " ")
        guard fields.count == 5 else {
            throw ScheduleError(
                "'\(description)' has \(fields.count == 1 ? "1 field" : "\(fields.count) fields") and not 5",
                "write minute, hour, day of the month, month and day of the week, such as 15 2 * * *.")
        }
        minute = try CronField(fields[0], .minute)
        hour = try CronField(fields[1], .hour)
        day = try CronField(fields[2], .day)
        month = try CronField(fields[3], .month)
        var weekday = try CronField(fields[4], .weekday)
        weekday.foldSunday()
        self.weekday = weekday
        guard isPossible else {
            throw ScheduleError("'\(description)' is never due: no such month has such a day", "correct the day or the month.")
        }
    }

    /// Whether it runs in each of the day's hours, so that a clock that is set changes nothing.
    public var isEveryHour: Bool { (0...23).allSatisfy(hour.contains) }

    private static let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

    private var isPossible: Bool {
        // By the week some day always fits.
        if !day.beginsWithStar && !weekday.beginsWithStar { return true }
        return (1...12).contains { number in month.contains(number) && (1...Self.longest[number - 1]).contains(where: day.contains) }
    }

    /// - Parameter days: since 1970-01-01.
    func fits(days: Int64) -> Bool {
        let date = CivilTime(Timestamp(milliseconds: days * 86_400_000))
        guard month.contains(date.month) else { return false }
        // 1970-01-01 was a Thursday.
        let onWeekday = weekday.contains(Int(((days + 4) % 7 + 7) % 7))
        let onDay = day.contains(date.day)
        return day.beginsWithStar || weekday.beginsWithStar ? onDay && onWeekday : onDay || onWeekday
    }

    /// The first minute of the calendar at or after `minutes` that fits, both counted from 1970-01-01T00:00 of the local clock.
    /// Nil where none does before the year 10000.
    func first(from minutes: Int64) -> Int64? {
        var days = minutes / 1440 - (minutes % 1440 < 0 ? 1 : 0)
        var earliest = Int(minutes - days * 1440)
        // Eight years at most lie between two leap days.
        let limit = min(days + 10 * 366, Self.lastDay)
        while days <= limit {
            if fits(days: days) {
                for hours in earliest / 60..<24 where hour.contains(hours) {
                    for minutes in 0..<60 where minute.contains(minutes) && hours * 60 + minutes >= earliest {
                        return days * 1440 + Int64(hours * 60 + minutes)
                    }
                }
            }
            days += 1
            earliest = 0
        }
        return nil
    }

    /// 9999-12-31.
    private static let lastDay: Int64 = 2_932_896
}
