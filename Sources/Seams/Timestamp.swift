/// A moment in UTC, in milliseconds since 1970-01-01T00:00:00Z, as Kafka counts.
public struct Timestamp: Hashable, Comparable, Sendable {
    public let milliseconds: Int64

    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// Saturates at the ends of the range.
    public func advanced(by duration: Duration) -> Timestamp {
        let (sum, overflow) = milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
        return Timestamp(milliseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    public func since(_ earlier: Timestamp) -> Duration { .milliseconds(milliseconds - earlier.milliseconds) }
}

extension Duration {
    /// Whole milliseconds, rounded towards zero, saturating at the ends of `Int64`.
    public var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return overflowed ? (seconds < 0 ? .min : .max) : sum
    }
}

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-11-23T19:56:28.123Z`.
    public var description: String {
        let civil = CivilTime(self)
        func pad(_ number: Int, _ width: Int) -> String {
            let text = String(number)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return "\(pad(civil.year, 4))-\(pad(civil.month, 2))-\(pad(civil.day, 2))T"
            + "\(pad(civil.hour, 2)):\(pad(civil.minute, 2)):\(pad(civil.second, 2)).\(pad(civil.millisecond, 3))Z"
    }

    /// Reads RFC 3339 with `Z` or a numeric offset; seconds and their fraction may be left out, and so may the time
    /// (midnight) or, as operators type, the `Z` (UTC). Nil where it is none of these or names no day of the calendar.
    public init?(_ text: some StringProtocol) {
        var rest = Array(text.utf8)[...]
        func number(_ digits: Int) -> Int? {
            guard rest.count >= digits else { return nil }
            var value = 0
            for unit in rest.prefix(digits) {
                guard (0x30...0x39).contains(unit) else { return nil }
                value = value * 10 + Int(unit - 0x30)
            }
            rest.removeFirst(digits)
            return value
        }
        func skip(_ unit: Character) -> Bool {
            guard let ascii = unit.asciiValue, rest.first == ascii else { return false }
            rest.removeFirst()
            return true
        }
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else { return nil }
        var civil = CivilTime(year: year, month: month, day: day, hour: 0, minute: 0, second: 0, millisecond: 0)
        var offsetMinutes = 0
        if !rest.isEmpty {
            guard skip("T") || skip("t") || skip(" "), let hour = number(2), skip(":"), let minute = number(2) else { return nil }
            civil.hour = hour
            civil.minute = minute
            if skip(":") {
                guard let second = number(2) else { return nil }
                civil.second = second
                if skip(".") {
                    let digits = rest.prefix { (0x30...0x39).contains($0) }
                    guard !digits.isEmpty else { return nil }
                    let padded = Array(digits.prefix(3)) + Array(repeating: 0x30, count: max(0, 3 - digits.count))
                    civil.millisecond = padded.reduce(0) { $0 * 10 + Int($1 - 0x30) }
                    rest.removeFirst(digits.count)
                }
            }
            if !skip("Z"), !skip("z"), !rest.isEmpty {
                let sign: Int
                if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
                guard let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60 else { return nil }
                offsetMinutes = sign * (hours * 60 + minutes)
            }
        }
        guard rest.isEmpty, let moment = civil.timestamp else { return nil }
        self.init(milliseconds: moment.milliseconds - Int64(offsetMinutes) * 60_000)
    }
}

/// A moment's parts in the proleptic Gregorian calendar, UTC.
public struct CivilTime: Hashable, Sendable {
    public var year, month, day, hour, minute, second, millisecond: Int

    public init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, millisecond: Int) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.millisecond = millisecond
    }

    public init(_ moment: Timestamp) {
        func floorDivide(_ a: Int64, _ b: Int64) -> (quotient: Int64, remainder: Int64) {
            let (q, r) = a.quotientAndRemainder(dividingBy: b)
            return r < 0 ? (q - 1, r + b) : (q, r)
        }
        let (days, inDay) = floorDivide(moment.milliseconds, 86_400_000)
        // Days are counted from 0000-03-01 in eras of 400 years, so that a leap day ends its year.
        let (era, dayOfEra) = floorDivide(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        day = Int(dayOfYear - (153 * shifted + 2) / 5 + 1)
        month = Int(shifted < 10 ? shifted + 3 : shifted - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        hour = Int(inDay / 3_600_000)
        minute = Int(inDay / 60_000 % 60)
        second = Int(inDay / 1000 % 60)
        millisecond = Int(inDay % 1000)
    }

    /// The moment, or nil where a part is out of its range (a leap second is not accepted).
    public var timestamp: Timestamp? {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (0...9999).contains(year), (1...12).contains(month), (1...lengths[month - 1]).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second), (0...999).contains(millisecond)
        else { return nil }
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let inDay = ((hour * 60 + minute) * 60 + second) * 1000 + millisecond
        return Timestamp(milliseconds: Int64(days) * 86_400_000 + Int64(inDay))
    }
}
