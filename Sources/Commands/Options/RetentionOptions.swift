import ArgumentParser
import Policies
import Schedules
import Seams
import SnapshotModel

/// `--keep-…`: which snapshots of each lineage stay.
struct RetentionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("So many of the newest.", valueName: "number")) var keepLast: Int?
    @Option(help: ArgumentHelp("The newest of each of so many hours that have one.", valueName: "number")) var keepHourly: Int?
    @Option(help: ArgumentHelp("The newest of each of so many days.", valueName: "number")) var keepDaily: Int?
    @Option(help: ArgumentHelp("The newest of each of so many weeks.", valueName: "number")) var keepWeekly: Int?
    @Option(help: ArgumentHelp("The newest of each of so many months.", valueName: "number")) var keepMonthly: Int?
    @Option(help: ArgumentHelp("The newest of each of so many years.", valueName: "number")) var keepYearly: Int?
    @Option(
        help: ArgumentHelp(
            "All that were taken, or last confirmed, so long before the newest was taken, or later: 36h, 14d, 8w.", valueName: "duration"))
    var keepWithin: String?
    @Option(name: .customLong("keep-tag"), help: ArgumentHelp("All that carry this tag. May be repeated.", valueName: "word"))
    var keepTags: [String] = []
    @Option(help: ArgumentHelp("Whose hours and days: UTC (as without it), or a name such as Europe/Berlin.", valueName: "name"))
    var timeZone: String?

    func validate() throws {
        for (name, count) in [
            ("last", keepLast), ("hourly", keepHourly), ("daily", keepDaily), ("weekly", keepWeekly), ("monthly", keepMonthly),
            ("yearly", keepYearly),
        ] {
            guard let count else { continue }
            guard (1...100_000).contains(count) else { throw ValidationError("--keep-\(name) must be from 1 to 100,000.") }
        }
        guard let keepWithin else { return }
        guard let length = Duration(keeping: keepWithin) else {
            throw ValidationError("'\(keepWithin)' is no time to keep something for (--keep-within): \(Duration.keepingHint)")
        }
        if length <= .zero { throw ValidationError("--keep-within must be longer than nothing.") }
    }

    private var given: RetentionRules {
        RetentionRules(
            last: keepLast, hourly: keepHourly, daily: keepDaily, weekly: keepWeekly, monthly: keepMonthly, yearly: keepYearly,
            within: keepWithin.flatMap { Duration(keeping: $0) }, tags: keepTags)
    }

    var isGiven: Bool { !given.isEmpty }

    /// Rules that are given stand in place of all of the policy's.
    func rules(_ policy: ProtectedCluster?) throws(UsageError) -> RetentionRules {
        let rules = isGiven ? given : policy?.retention?.rules ?? given
        guard !rules.isEmpty else {
            throw UsageError(
                policy == nil ? "nothing says which snapshots to keep" : "neither an option nor the policy says which snapshots to keep",
                hint: "give at least one of --keep-last, -hourly, -daily, -weekly, -monthly, -yearly, -within, -tag; or name snapshots.")
        }
        return rules
    }

    func clock(_ policy: ProtectedCluster?) throws(UsageError) -> ZoneClock {
        if let timeZone {
            do {
                return try ZoneClock(timeZone)
            } catch {
                throw UsageError("--time-zone: \(error.message)", hint: error.hint)
            }
        }
        return isGiven ? .utc : policy?.retention?.cadence.timeZone ?? .utc
    }
}

/// A duration as policies write it.
struct DurationArgument: ExpressibleByArgument, Sendable {
    let duration: Duration

    init?(argument: String) {
        guard let duration = Duration(words: argument) else { return nil }
        self.duration = duration
    }
}
