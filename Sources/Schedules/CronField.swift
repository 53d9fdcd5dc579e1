/// One field of a cron line: which numbers it takes.
struct CronField: Hashable, Sendable {
    /// Where a field stands, what it may hold.
    struct Sort: Sendable {
        var name: String
        var range: ClosedRange<Int>
        /// Three letters each, for the numbers from `firstName` on.
        var names: [String] = []
        var firstName = 0

        static let minute = Sort(name: "minute", range: 0...59)
        static let hour = Sort(name: "hour", range: 0...23)
        static let day = Sort(name: "day of the month", range: 1...31)
        static let month = Sort(
            name: "month", range: 1...12,
            names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], firstName: 1)
        /// 7 is Sunday, too.
        static let weekday = Sort(
            name: "day of the week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])
    }

    /// Bit n stands for the number n.
    private(set) var bits: UInt64 = 0
    /// Whether it begins with a star: such a day field does not widen what the other one takes.
    let beginsWithStar: Bool

    init(_ text: Substring, _ sort: Sort) throws(ScheduleError) {
        beginsWithStar = text.hasPrefix("*")
        for part in text.split(separator: ",", omittingEmptySubsequences: false) { try take(part, sort) }
    }

    private mutating func take(_ part: Substring, _ sort: Sort) throws(ScheduleError) {
        let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
        guard let span = pieces.first, pieces.count <= 2 else { throw ScheduleError("'\(part)' is no \(sort.name)", sort.hint) }
        let numbers: ClosedRange<Int>
        if span == "*" {
            numbers = sort.range
        } else {
            let ends = span.split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count <= 2, pieces.count == 1 || ends.count == 2 else {
                throw ScheduleError("'\(part)' has a step without a range", "write the range before the step, such as */15 or 8-18/2.")
            }
            let from = try Self.number(ends[0], sort)
            let to = ends.count == 2 ? try Self.number(ends[1], sort) : from
            guard from <= to else {
                throw ScheduleError(
                    "'\(part)' is a \(sort.name) range that ends before it begins", "write two ranges with a comma between.")
            }
            numbers = from...to
        }
        var step = 1
        if pieces.count == 2 {
            guard let number = Int(pieces[1]), (1...max(1, numbers.upperBound - numbers.lowerBound)).contains(number) else {
                throw ScheduleError(
                    "'\(part)' has a step that does not fit its range", "write a step of 1 to \(numbers.upperBound - numbers.lowerBound).")
            }
            step = number
        }
        for number in stride(from: numbers.lowerBound, through: numbers.upperBound, by: step) { bits |= 1 << UInt64(number) }
    }

    private static func number(_ text: Substring, _ sort: Sort) throws(ScheduleError) -> Int {
        if let position = sort.names.firstIndex(of: text.lowercased()) { return sort.firstName + position }
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text), sort.range.contains(number)
        else {
            throw ScheduleError("'\(text)' is no \(sort.name)", sort.hint)
        }
        return number
    }

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    /// Sunday is 0 alone afterwards.
    mutating func foldSunday() {
        if contains(7) { bits = bits & ~(1 << 7) | 1 }
    }
}

extension CronField.Sort {
    var hint: String {
        let words = names.isEmpty ? "" : " or \(names[0]) to \(names[names.count - 1])"
        return "write numbers from \(range.lowerBound) to \(range.upperBound)\(words), *, ranges (a-b), steps (*/n) and commas between."
    }
}
