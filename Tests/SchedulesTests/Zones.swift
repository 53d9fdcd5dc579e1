import Seams

@testable import Schedules

/// Moments and clocks, for reading.
func at(_ text: String) -> Timestamp { Timestamp(text)! }

func cron(_ text: String, _ zone: String = "UTC") throws -> Schedule { try Schedule(.cron(CronExpression(text), ZoneClock(zone))) }

extension Schedule {
    /// The next times it is due.
    func next(_ count: Int, after moment: String) -> [String] {
        var now = at(moment)
        return (0..<count).compactMap { _ in
            guard let next = next(after: now) else { return nil }
            now = next
            return next.description.replacing(":00.000Z", with: "Z")
        }
    }
}
