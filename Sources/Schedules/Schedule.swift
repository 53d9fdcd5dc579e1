public import Seams

/// When something is to be done, again and again.
///
/// A value: the same argument gives the same answer, on every machine and after every restart.
public struct Schedule: Hashable, Sendable {
    public enum Rhythm: Hashable, Sendable {
        /// By the wall clock of a place. A time that the clock leaves out in spring is due the moment it is set; one that it shows
        /// twice in autumn is due the first time. An expression that takes all 24 hours is due whenever the clock shows its minute.
        case cron(CronExpression, ZoneClock)
        /// At the multiples of a duration since 1970-01-01T00:00Z.
        case every(Duration)
    }

    public let rhythm: Rhythm
    /// How much later than due a job may be put, so that many agents do not begin at once; see ``next(after:for:)``.
    public let jitter: Duration

    /// One second to 366 days.
    public static let periods: ClosedRange<Duration> = .seconds(1) ... .seconds(366 * 86_400)
    public static let longestJitter = Duration.seconds(86_400)

    /// Throws where a period is not one of ``periods``, or the jitter is negative or longer than a day or than the period.
    public init(_ rhythm: Rhythm, jitter: Duration = .zero) throws(ScheduleError) {
        if case .every(let period) = rhythm {
            guard Self.periods.contains(period) else {
                throw ScheduleError("a period must be from one second to 366 days", "write a duration such as 30s, 15m, 6h or 1d.")
            }
            guard jitter <= period else {
                throw ScheduleError("the jitter is longer than the period", "write a jitter that is shorter.")
            }
        }
        guard jitter >= .zero, jitter <= Self.longestJitter else {
            throw ScheduleError("a jitter must be from 0 to a day", "write a shorter one.")
        }
        self.rhythm = rhythm
        self.jitter = jitter
    }

    /// The first moment after `moment` at which it is due, jitter left aside. Nil where there is none before the year 10000.
    public func next(after moment: Timestamp) -> Timestamp? {
        switch rhythm {
        case .every(let period):
            let length = period.wholeMilliseconds
            let (whole, rest) = moment.milliseconds.quotientAndRemainder(dividingBy: length)
            let (next, overflow) = (whole + (rest < 0 ? 0 : 1)).multipliedReportingOverflow(by: length)
            return overflow ? nil : Timestamp(milliseconds: next)
        case .cron(let expression, let clock):
            // What is beyond the calendar is beyond the arithmetic below.
            guard moment.milliseconds.magnitude < 1 << 49 else { return nil }
            let next = Occurrence(expression, clock).after(moment.milliseconds)
            return next.map(Timestamp.init(milliseconds:))
        }
    }

    /// The same, later by a part of the jitter that depends on `name` alone (a cluster and what is done to it): agents that share a
    /// policy agree about it, and a restart changes nothing. Always after `moment`.
    public func next(after moment: Timestamp, for name: String) -> Timestamp? {
        let delay = delay(for: name)
        return next(after: moment.advanced(by: .zero - delay))?.advanced(by: delay)
    }

    /// The newest moment up to `moment` at which it was due, jitter left aside. Nil where there is none in nine years.
    public func last(upTo moment: Timestamp) -> Timestamp? {
        if case .every(let period) = rhythm {
            let length = period.wholeMilliseconds
            let (whole, rest) = moment.milliseconds.quotientAndRemainder(dividingBy: length)
            return Timestamp(milliseconds: (whole - (rest < 0 ? 1 : 0)) * length)
        }
        // From ever further back, as cron expressions are only known forwards.
        var span = Duration.seconds(60)
        while span <= .seconds(9 * 366 * 86_400) {
            if var found = next(after: moment.advanced(by: .zero - span)), found <= moment {
                while let later = next(after: found), later <= moment { found = later }
                return found
            }
            span *= 4
        }
        return nil
    }

    /// From zero to less than the jitter, in whole milliseconds.
    public func delay(for name: String) -> Duration {
        let span = jitter.wholeMilliseconds
        guard span > 0 else { return .zero }
        // FNV-1a, and a last stir, as names differ in their last letters most.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash = (hash ^ hash >> 30) &* 0xbf58_476d_1ce4_e5b9
        hash = (hash ^ hash >> 27) &* 0x94d0_49bb_1331_11eb
        return .milliseconds(Int64((hash ^ hash >> 31) % UInt64(span)))
    }
}

extension Schedule: CustomStringConvertible {
    /// `15 2 * * * (Europe/Berlin)`, `every 30s`; with `, up to 5m later`.
    public var description: String {
        let rhythm =
            switch rhythm {
            case .cron(let expression, let clock): "\(expression) (\(clock.name))"
            case .every(let period): "every \(period.words)"
            }
        return jitter == .zero ? rhythm : "\(rhythm), up to \(jitter.words) later"
    }
}
