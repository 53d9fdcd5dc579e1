import Seams

/// Hours, days, ISO weeks, months and years, numbered.
enum CalendarBucket: Sendable {
    case hour, day, week, month, year

    /// The number of the unit that `local`, a moment in local time, lies in: ascending with time, none left out.
    func number(of local: Timestamp) -> Int64 {
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
