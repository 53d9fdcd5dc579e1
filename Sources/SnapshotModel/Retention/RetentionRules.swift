/// Which snapshots of each lineage are to stay: a snapshot stays if one of the rules asks for it.
///
/// A rule that is nil, or 0, asks for nothing.
public struct RetentionRules: Hashable, Sendable {
    /// So many of the newest.
    public var last: Int?
    /// The newest of each of so many of the newest hours that have one; likewise the others.
    public var hourly: Int?
    public var daily: Int?
    /// Weeks begin on Monday (ISO 8601).
    public var weekly: Int?
    public var monthly: Int?
    public var yearly: Int?
    /// All that were finished, or last confirmed, so long before the newest of their lineage was finished, or later. Counted from the newest and not from now,
    /// so that a cluster that is not backed up any more does not lose what it has.
    public var within: Duration?
    /// All that bear one of these tags.
    public var tags: [String]

    public init(
        last: Int? = nil, hourly: Int? = nil, daily: Int? = nil, weekly: Int? = nil, monthly: Int? = nil, yearly: Int? = nil,
        within: Duration? = nil, tags: [String] = []
    ) {
        self.last = last
        self.hourly = hourly
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
        self.yearly = yearly
        self.within = within
        self.tags = tags
    }

    /// Whether no rule asks for anything, so that everything would be forgotten: a forget refuses that.
    public var isEmpty: Bool {
        [last, hourly, daily, weekly, monthly, yearly].allSatisfy { ($0 ?? 0) <= 0 } && (within ?? .zero) <= .zero && tags.isEmpty
    }
}
