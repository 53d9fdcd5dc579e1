import Foundation
public import Seams

/// The wall clock of a place: how far it is from UTC at a moment, and when it showed something.
public struct ZoneClock: Hashable, Sendable {
    /// As in the IANA database.
    public let name: String
    private let zone: TimeZone

    public static let utc = ZoneClock(name: "UTC", zone: .gmt)

    /// Throws where the database has no such zone.
    public init(_ name: String) throws(ScheduleError) {
        // Foundation also takes abbreviations, of which some are ambiguous, and offsets, which know no daylight saving.
        guard name == "UTC" || name.contains("/"), let zone = TimeZone(identifier: name) else {
            throw ScheduleError("there is no time zone named '\(name)'", "write UTC, or an IANA name such as Europe/Berlin.")
        }
        self.init(name: name, zone: zone)
    }

    private init(name: String, zone: TimeZone) {
        self.name = name
        self.zone = zone
    }

    /// How far it is ahead of UTC.
    public func offset(at moment: Timestamp) -> Duration { .milliseconds(offset(at: moment.milliseconds)) }

    /// What is added to UTC, in milliseconds.
    func offset(at moment: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment) / 1000))) * 1000
    }

    /// When the clock was set between two moments less than a day or two apart; nil where it was not.
    private func change(between start: Int64, and end: Int64) -> (at: Int64, before: Int64, after: Int64)? {
        let (before, after) = (offset(at: start), offset(at: end))
        guard before != after else { return nil }
        // Whole seconds: no clock was ever set in between.
        var (low, high) = (start / 1000, end / 1000)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle * 1000) == after { high = middle } else { low = middle }
        }
        return (high * 1000, before, after)
    }

    /// No clock is further from UTC.
    private static let furthest: Int64 = 16 * 3_600_000

    /// The moments at which the clock shows `local` (milliseconds since 1970-01-01T00:00 on it): one, two where it is set back over
    /// it. Where it is set forward over it, none, and `firstAtOrAfter` is the moment at which it is set.
    func moments(local: Int64) -> (shown: [Int64], firstAtOrAfter: Int64) {
        guard let change = change(between: local - Self.furthest, and: local + Self.furthest) else {
            let moment = local - offset(at: local)
            return ([moment], moment)
        }
        let (early, late) = (local - change.before, local - change.after)
        let shown = (early < change.at ? [early] : []) + (late >= change.at ? [late] : [])
        return (shown, shown.first ?? change.at)
    }

    public static func == (left: ZoneClock, right: ZoneClock) -> Bool { left.name == right.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
