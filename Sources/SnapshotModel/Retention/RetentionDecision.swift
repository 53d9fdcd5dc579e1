public import Bytes
public import Seams

/// Decides which snapshots stay. Pure: the order of the snapshots does not matter, deciding twice is deciding once, and more rules
/// keep more.
public struct RetentionDecision: Sendable {
    public var rules: RetentionRules
    public var now: Timestamp
    /// How far local time is ahead of UTC at a moment: hours, days and so on begin by it.
    public var offset: @Sendable (Timestamp) -> Duration
    /// Only the lineage that this cluster's id belongs to is decided about; nil: all.
    public var clusterID: ByteString?
    /// Only snapshots that bear one of these tags are counted and may go; empty: all.
    public var tags: [String] = []

    public init(rules: RetentionRules, now: Timestamp, offset: @escaping @Sendable (Timestamp) -> Duration = { _ in .zero }) {
        self.rules = rules
        self.now = now
        self.offset = offset
    }

    /// By the rules, lineage by lineage.
    public func decide(_ snapshots: [RetentionCandidate]) -> [SnapshotID: RetentionVerdict] {
        var verdicts: [SnapshotID: RetentionVerdict] = [:]
        for lineage in RetentionLineage.all(snapshots) where clusterID.map(lineage.clusterIDs.contains) ?? true {
            let usual = lineage.usual(now)
            var reasons = lineage.protections(now)
            if let newest = usual.first { reasons[newest.id, default: []].append(.newest) }
            if let newest = lineage.snapshots.first, newest.id != usual.first?.id { reasons[newest.id, default: []].append(.newest) }
            protectSelections(usual, &reasons)
            protectScopes(usual, &reasons)
            protectByClocks(lineage, &reasons)
            protectFormerClusters(lineage, usual, &reasons)
            for snapshot in lineage.snapshots where !isMeant(snapshot) { reasons[snapshot.id, default: []].append(.otherTags) }
            applyRules(usual.filter(isMeant), lineage, &reasons)
            lineage.protectWhatIsMissing(&reasons)
            verdicts.merge(lineage.verdicts(reasons)) { first, _ in first }
        }
        return verdicts
    }

    /// Those of `named` go that nothing protects; all others stay.
    public static func decide(named: Set<SnapshotID>, _ snapshots: [RetentionCandidate], now: Timestamp) -> [SnapshotID: RetentionVerdict] {
        var verdicts: [SnapshotID: RetentionVerdict] = [:]
        for lineage in RetentionLineage.all(snapshots) {
            var reasons = lineage.protections(now)
            for snapshot in lineage.snapshots where !named.contains(snapshot.id) { reasons[snapshot.id, default: []].append(.notNamed) }
            lineage.protectWhatIsMissing(&reasons)
            verdicts.merge(lineage.verdicts(reasons)) { first, _ in first }
        }
        return verdicts
    }

    private func isMeant(_ snapshot: RetentionCandidate) -> Bool { tags.isEmpty || !Set(tags).isDisjoint(with: snapshot.tags) }

    /// An unchanged cluster's snapshots are confirmed and not taken anew, so the last whole one of each selection may be old, and is what
    /// its next run is compared with.
    private func protectSelections(_ usual: [RetentionCandidate], _ reasons: inout RetentionLineage.Reasons) {
        for same in Dictionary(grouping: usual, by: \.selection).values {
            guard let last = same.first(where: \.isWhole),
                reasons[last.id]?.contains(where: { $0 == .newest || $0 == .lastComplete }) != true
            else { continue }
            reasons[last.id, default: []].append(.newestOfSelection)
        }
    }

    /// Where gaps leave no snapshot of a selection whole, the last one stays that has each kind as a whole, by the rules that take some of it: what
    /// a selection was changed to says nothing about what it took before.
    private func protectScopes(_ usual: [RetentionCandidate], _ reasons: inout RetentionLineage.Reasons) {
        for kind in usual.completeKinds {
            var seen: Set<String> = [SelectionScopes.whole]
            for snapshot in usual where snapshot.hasAll(of: kind) {
                guard let scope = snapshot.scopes.scope(of: kind), seen.insert(scope).inserted else { continue }
                guard reasons[snapshot.id]?.contains(where: { $0 == .newestOfSelection || $0 == .lastWithComplete(kind) }) != true else {
                    continue
                }
                reasons[snapshot.id, default: []].append(.lastWithScope(kind, scope))
            }
        }
    }

    /// What bears a wrong date stays, so that the next decision sees the same.
    private func protectByClocks(_ lineage: RetentionLineage, _ reasons: inout RetentionLineage.Reasons) {
        for snapshot in lineage.snapshots where snapshot.finished > now { reasons[snapshot.id, default: []].append(.future) }
        for snapshot in lineage.snapshots where lineage.besideSteps.contains(snapshot.id) {
            reasons[snapshot.id, default: []].append(.clock)
        }
    }

    /// After a disaster the new cluster's snapshots are complete and hold next to nothing: what the old one was must not age away.
    private func protectFormerClusters(
        _ lineage: RetentionLineage, _ usual: [RetentionCandidate], _ reasons: inout RetentionLineage.Reasons
    ) {
        for id in lineage.formerClusterIDs.sorted() {
            // Without one that tells of the former cluster, the next decision would not know that it was.
            if let telling = usual.first(where: { $0.clusterIDs.dropFirst().contains(id) }) {
                reasons[telling.id, default: []].append(.tellsOfCluster(id))
            }
            for same in Dictionary(grouping: usual.filter { $0.clusterID == id }, by: \.selection).values {
                guard let last = same.first(where: \.isWhole) ?? same.first, reasons[last.id]?.contains(.lastComplete) != true else {
                    continue
                }
                reasons[last.id, default: []].append(.lastOfCluster(id))
            }
        }
    }

    /// - Parameter usual: the newest first.
    private func applyRules(
        _ usual: [RetentionCandidate], _ lineage: RetentionLineage, _ reasons: inout RetentionLineage.Reasons
    ) {
        // Positions alone every few minutes must not use up the numbers of whole snapshots.
        for same in Dictionary(grouping: usual, by: \.selection).values {
            for snapshot in same.prefix(max(0, rules.last ?? 0)) { reasons[snapshot.id, default: []].append(.last) }
            for (count, unit, reason) in [
                (rules.hourly, CalendarBucket.hour, RetentionVerdict.Reason.hourly), (rules.daily, .day, .daily),
                (rules.weekly, .week, .weekly), (rules.monthly, .month, .monthly), (rules.yearly, .year, .yearly),
            ] {
                guard let count, count > 0 else { continue }
                var buckets: [Int64: RetentionCandidate] = [:]
                for snapshot in same {
                    let bucket = unit.number(of: snapshot.finished, offset: offset(snapshot.finished))
                    // The newest whole one of each; where none is whole, the newest.
                    if let chosen = buckets[bucket], chosen.isWhole || !snapshot.isWhole { continue }
                    buckets[bucket] = snapshot
                }
                for bucket in buckets.keys.sorted(by: >).prefix(count) {
                    if let chosen = buckets[bucket] { reasons[chosen.id, default: []].append(reason) }
                }
            }
        }
        if let within = rules.within, within > .zero, let newest = usual.first {
            // One that was confirmed was true until then, and no other tells of that time.
            for snapshot in usual where newest.finished.since(snapshot.lastTrue) <= within {
                reasons[snapshot.id, default: []].append(.within)
            }
        }
        for tag in Set(rules.tags).sorted() {
            for snapshot in lineage.snapshots where snapshot.tags.contains(tag) { reasons[snapshot.id, default: []].append(.tag(tag)) }
        }
    }
}
