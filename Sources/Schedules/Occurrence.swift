/// When an expression is due at a place: the search through the calendar. Milliseconds since the epoch throughout.
struct Occurrence {
    private let expression: CronExpression
    private let clock: ZoneClock

    init(_ expression: CronExpression, _ clock: ZoneClock) {
        self.expression = expression
        self.clock = clock
    }

    func after(_ moment: Int64) -> Int64? {
        expression.isEveryHour ? whenShown(after: moment) : once(after: moment)
    }

    /// Each time of the calendar once. The first moment at which the clock shows a time or a later one grows with the time, so
    /// that the first one after `moment` is the answer; and times that `moment` has on its clock already have passed.
    private func once(after moment: Int64) -> Int64? {
        var minutes = Self.minutes(moment + clock.offset(at: moment)) + 1
        while let local = expression.first(from: minutes) {
            let due = clock.moments(local: local * 60_000).firstAtOrAfter
            if due > moment { return due }
            minutes = local + 1
        }
        return nil
    }

    /// Each moment at which the clock shows a time that fits.
    private func whenShown(after moment: Int64) -> Int64? {
        let offset = clock.offset(at: moment)
        // A clock that will be set back shows times again.
        let back = max(0, offset - clock.offset(at: moment + Self.furthestBack))
        var minutes = Self.minutes(moment + offset - back)
        var best: Int64?
        while let local = expression.first(from: minutes) {
            for due in clock.moments(local: local * 60_000).shown where due > moment { best = min(best ?? due, due) }
            // Later times are shown later, but for those that a clock set back would show.
            if let best, back == 0 || local * 60_000 - offset > best { return best }
            minutes = local + 1
        }
        return best
    }

    /// Clocks are set back by three hours at most.
    private static let furthestBack: Int64 = 3 * 3_600_000

    private static func minutes(_ milliseconds: Int64) -> Int64 {
        milliseconds / 60_000 - (milliseconds % 60_000 < 0 ? 1 : 0)
    }
}
