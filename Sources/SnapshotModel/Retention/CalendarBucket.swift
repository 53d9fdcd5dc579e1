import Seams

/// Hours, days, ISO weeks, months and years, numbered.
enum CalendarBucket: Sendable {
    case hour, day, week, month, year

    /// The number of the unit that `moment` lies in where local time is `offset` ahead of UTC: ascending with time, none left out.
    func number(of moment: Timestamp, offset: Duration) -> Int64 {
        // The hour that a clock shows twice in autumn is two hours: only where hours begin is a question of the place.
        let local = moment.advanced(by: self == .hour ? .milliseconds(offset.wholeMilliseconds % 3_600_000) : offset)
        func whole(_ unit: Int64, shift: Int64 = 0) -> Int64 {
            let (quotient, remainder) = (local.milliseconds + shift).quotientAndRemainder(dividingBy: unit)
            return remainder < 0 ? quotient - 1 : quotient
        }
        switch self {
        case .hour: return whole(3_600_000)
        case .day: return whole(86_400_000)
        // 1970-01-01 was a Thursday.
        case .week: return whole(7 * 86_400_000, shift: 3 * 86_400_000)
        case .month:
            let civil = CivilTime(local)
            return Int64(civil.year) * 12 + Int64(civil.month - 1)
        case .year: return Int64(CivilTime(local).year)
        }
    }
}
