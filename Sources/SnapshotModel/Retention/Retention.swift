import Bytes
public import Seams

/// Decides which snapshots stay. Pure: the order of the snapshots does not matter, deciding twice is deciding once, and more rules
/// keep more.
public struct Retention: Sendable {
    public var rules: RetentionRules
    public var now: Timestamp
    /// How far local time is ahead of UTC at a moment: hours, days and so on begin by it.
    public var offset: @Sendable (Timestamp) -> Duration

    public init(rules: RetentionRules, now: Timestamp, offset: @escaping @Sendable (Timestamp) -> Duration = { _ in .zero }) {
        self.rules = rules
        self.now = now
        self.offset = offset
    }

    /// By the rules, lineage by lineage.
    public func decide(_ snapshots: [RetentionCandidate]) -> [SnapshotID: RetentionVerdict] {
        var verdicts: [SnapshotID: RetentionVerdict] = [:]
        for lineage in Self.lineages(snapshots) {
            var reasons = protections(lineage)
            let usual = usual(lineage)
            if let newest = usual.first { reasons[newest.id, default: []].append(.newest) }
            if let newest = lineage.first, newest.id != usual.first?.id { reasons[newest.id, default: []].append(.newest) }
            applyRules(usual, lineage, &reasons)
            protectWhatIsMissing(lineage, &reasons)
            for snapshot in lineage { verdicts[snapshot.id] = reasons[snapshot.id].map { .keep($0) } ?? .forget }
        }
        return verdicts
    }

    /// Those of `named` go that nothing protects; all others stay.
    public static func decide(named: Set<SnapshotID>, _ snapshots: [RetentionCandidate], now: Timestamp) -> [SnapshotID: RetentionVerdict] {
        let retention = Retention(rules: RetentionRules(), now: now)
        var verdicts: [SnapshotID: RetentionVerdict] = [:]
        for lineage in lineages(snapshots) {
            var reasons = retention.protections(lineage, clocks: false)
            for snapshot in lineage where !named.contains(snapshot.id) { reasons[snapshot.id, default: []].append(.notNamed) }
            retention.protectWhatIsMissing(lineage, &reasons)
            for snapshot in lineage { verdicts[snapshot.id] = reasons[snapshot.id].map { .keep($0) } ?? .forget }
        }
        return verdicts
    }

    private typealias Reasons = [SnapshotID: [RetentionVerdict.Reason]]

    /// Each lineage, the newest snapshot first. Lineages whose clusters' ids meet are one.
    private static func lineages(_ snapshots: [RetentionCandidate]) -> [[RetentionCandidate]] {
        var lineages: [(clusters: Set<ByteString>, snapshots: [RetentionCandidate])] = []
        for snapshot in snapshots {
            var joined: (clusters: Set<ByteString>, snapshots: [RetentionCandidate]) = (Set(snapshot.clusterIDs), [snapshot])
            for lineage in lineages where !lineage.clusters.isDisjoint(with: joined.clusters) {
                joined.clusters.formUnion(lineage.clusters)
                joined.snapshots += lineage.snapshots
            }
            lineages.removeAll { !$0.clusters.isDisjoint(with: joined.clusters) }
            lineages.append(joined)
        }
        return lineages.map { $0.snapshots.sorted { ($0.finished, $0.id) > ($1.finished, $1.id) } }
    }

    /// Those whose dates can be relied on and that stay for sure: only they use up a rule's number.
    private func usual(_ lineage: [RetentionCandidate]) -> [RetentionCandidate] {
        let odd = Self.besideSteps(lineage)
        return lineage.filter { $0.finished <= now && !odd.contains($0.id) && !$0.isProvisional }
    }

    /// Snapshots dated before their parents, and these parents. Both stay, so that the next decision sees the same.
    private static func besideSteps(_ lineage: [RetentionCandidate]) -> Set<SnapshotID> {
        let finished = Dictionary(lineage.map { ($0.id, $0.finished) }, uniquingKeysWith: { first, _ in first })
        var odd: Set<SnapshotID> = []
        for snapshot in lineage {
            guard let parent = snapshot.parent, let before = finished[parent], snapshot.finished < before else { continue }
            odd.formUnion([snapshot.id, parent])
        }
        return odd
    }

    /// What stays whatever the rules say.
    private func protections(_ lineage: [RetentionCandidate], clocks: Bool = true) -> Reasons {
        var reasons: Reasons = [:]
        for snapshot in lineage where snapshot.isPinned { reasons[snapshot.id, default: []].append(.pinned) }
        for snapshot in lineage where snapshot.isProvisional { reasons[snapshot.id, default: []].append(.provisional) }
        let usual = usual(lineage)
        // Where no date can be relied on, any of them is better than none.
        let pool = usual.isEmpty ? lineage.filter { !$0.isProvisional } : usual
        if let last = pool.first(where: \.isComplete) { reasons[last.id, default: []].append(.lastComplete) }
        for kind in Set(pool.flatMap(\.completeSections)).sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let last = pool.first(where: { $0.completeSections.contains(kind) && $0.grade != .suspect }),
                reasons[last.id]?.contains(.lastComplete) != true
            else { continue }
            reasons[last.id, default: []].append(.lastWithComplete(kind))
        }
        guard clocks else { return reasons }
        let odd = Self.besideSteps(lineage)
        for snapshot in lineage where snapshot.finished > now { reasons[snapshot.id, default: []].append(.future) }
        for snapshot in lineage where odd.contains(snapshot.id) { reasons[snapshot.id, default: []].append(.clock) }
        return reasons
    }

    private func applyRules(_ usual: [RetentionCandidate], _ lineage: [RetentionCandidate], _ reasons: inout Reasons) {
        for snapshot in usual.prefix(max(0, rules.last ?? 0)) { reasons[snapshot.id, default: []].append(.last) }
        for (count, unit, reason) in [
            (rules.hourly, CalendarBucket.hour, RetentionVerdict.Reason.hourly), (rules.daily, .day, .daily),
            (rules.weekly, .week, .weekly),
            (rules.monthly, .month, .monthly), (rules.yearly, .year, .yearly),
        ] {
            guard let count, count > 0 else { continue }
            var buckets: [Int64: RetentionCandidate] = [:]
            for snapshot in usual {
                let bucket = unit.number(of: snapshot.finished.advanced(by: offset(snapshot.finished)))
                // The newest complete one of each; where none is complete, the newest.
                if let chosen = buckets[bucket], chosen.isComplete || !snapshot.isComplete { continue }
                buckets[bucket] = snapshot
            }
            for bucket in buckets.keys.sorted(by: >).prefix(count) {
                if let chosen = buckets[bucket] { reasons[chosen.id, default: []].append(reason) }
            }
        }
        if let within = rules.within, within > .zero, let newest = usual.first {
            for snapshot in usual where newest.finished.since(snapshot.finished) <= within {
                reasons[snapshot.id, default: []].append(.within)
            }
        }
        for tag in Set(rules.tags).sorted() {
            for snapshot in lineage where snapshot.tags.contains(tag) { reasons[snapshot.id, default: []].append(.tag(tag)) }
        }
    }

    /// Of each suspect snapshot that stays, the newest ones before it stay that hold what it lacks; and so on for these.
    private func protectWhatIsMissing(_ lineage: [RetentionCandidate], _ reasons: inout Reasons) {
        // From the newest to the oldest: what is protected comes after what it is protected for.
        for (place, suspect) in lineage.enumerated() where suspect.grade == .suspect && reasons[suspect.id] != nil {
            let before = lineage[(place + 1)...]
            for kind in Set(before.flatMap(\.sections.keys)).sorted(by: { $0.rawValue < $1.rawValue }) {
                guard let holder = before.first(where: { $0.holds(kind, missingIn: suspect) }) else { continue }
                reasons[holder.id, default: []].append(.holdsWhatIsMissing(kind, in: suspect.id))
            }
        }
    }
}
