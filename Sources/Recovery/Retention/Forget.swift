public import Bytes
public import Repository
public import Seams
public import SnapshotModel

/// Forgets snapshots by rules, or those named. Only manifests go: a ``Prune`` frees what they alone needed.
public struct Forget: Sendable {
    public enum Choice: Sendable {
        case rules(RetentionRules)
        case named(Set<SnapshotID>)
    }

    public var repository: Repository
    public var choice: Choice
    /// Who forgets, in words for the operator.
    public var holder: String
    /// Only says what would be forgotten.
    public var isRehearsal = false
    /// Only the lineage that this cluster's id belongs to; nil: all, each by itself.
    public var clusterID: ByteString?
    /// Rules count and forget only those that bear one of these tags; empty: all.
    public var tags: [String] = []
    /// What may go at the most: those that somebody was asked about. Nil: whatever is decided.
    public var approved: Set<SnapshotID>?
    /// How far local time is ahead of UTC at a moment.
    public var offset: @Sendable (Timestamp) -> Duration = { _ in .zero }

    public init(repository: Repository, choice: Choice, holder: String) {
        self.repository = repository
        self.choice = choice
        self.holder = holder
    }

    /// - Parameter tell: how many of how many have been forgotten.
    /// - Throws: `RecoveryError` (`usage`) where the rules ask for nothing, so that everything would go, or where no snapshot is of the
    ///   cluster; `RepositoryError` (`locked` while somebody else forgets, `leaseLost`); `StorageError`; `CancellationError` between two.
    public func run(_ tell: @Sendable (_ done: Int, _ count: Int) -> Void = { _, _ in }) async throws -> ForgetReport {
        if case .rules(let rules) = choice, rules.isEmpty {
            throw RecoveryError(
                .usage, "no rule says what to keep, so everything would be forgotten: nothing was",
                hint: "give at least one of --keep-last, -hourly, -daily, -weekly, -monthly, -yearly, -within, -tag; or name snapshots.")
        }
        var report = ForgetReport(isRehearsal: isRehearsal)
        var doomed: [SnapshotEntry] = []
        let listed = try await repository.snapshots()
        try await decide(listed, &report, &doomed)
        // Nothing is put for what changes nothing: on a full store a lease costs the reserve.
        if isRehearsal || doomed.isEmpty { return report }
        return try await repository.withForgetter(holder: holder) { forgetter in
            // Once more, while nobody else pins or forgets.
            report = ForgetReport(isRehearsal: false)
            doomed = []
            try await decide(try await repository.snapshots(known: listed), &report, &doomed)
            for (done, entry) in doomed.enumerated() {
                try Task.checkCancellation()
                tell(done, doomed.count)
                try await forgetter.forget(entry)
            }
            tell(doomed.count, doomed.count)
            return report
        }
    }

    private func decide(_ listed: [SnapshotEntry], _ report: inout ForgetReport, _ doomed: inout [SnapshotEntry]) async throws {
        let now = try await repository.storage.now()
        let pins = try await repository.pins().filter { $0.value.holds(at: now) }
        let read = try await repository.snapshotsBeingRead()
        let confirmations = try await repository.confirmations()
        // After the list: a snapshot on it is settled unless a writer that is at work may still take it back.
        let provisional = try await repository.provisionalSnapshots()
        let present = try await repository.snapshotIDs()
        let entries = listed.filter { present.contains($0.id) }
        let verdicts = try verdicts(
            entries.compactMap { entry in
                entry.intact.map {
                    RetentionCandidate(
                        entry.id, $0, selection: $0.selection, isPinned: pins[entry.id] != nil,
                        isProvisional: provisional.contains(entry.id), isRead: read.contains(entry.id),
                        confirmed: confirmations.confirmedUntil(entry.id))
                }
            }, now)
        for entry in entries {
            var verdict: RetentionVerdict
            if entry.intact != nil {
                guard let decided = verdicts[entry.id] else { continue }
                verdict = decided
            } else if case .named(let ids) = choice, ids.contains(entry.id) {
                // A damaged manifest can be named; no rule chooses it.
                verdict = pins[entry.id] == nil ? .forget : .keep([.pinned])
            } else {
                report.unreadable.append(entry.id)
                continue
            }
            if let approved, !verdict.isKept, !approved.contains(entry.id) { verdict = .keep([.notApproved]) }
            report.lines.append(.init(id: entry.id, finished: entry.finished, manifest: entry.intact, verdict: verdict))
            if !verdict.isKept { doomed.append(entry) }
        }
    }

    private func verdicts(_ candidates: [RetentionCandidate], _ now: Timestamp) throws -> [SnapshotID: RetentionVerdict] {
        if let clusterID, !candidates.contains(where: { $0.clusterIDs.contains(clusterID) }) {
            throw RecoveryError(
                .usage, "\(repository.storage.name) holds no snapshot of cluster \(clusterID)",
                hint: "`tidemark snapshots` lists the clusters' ids.")
        }
        switch choice {
        case .named(let ids): return RetentionDecision.decide(named: ids, candidates, now: now)
        case .rules(let rules):
            var decision = RetentionDecision(rules: rules, now: now, offset: offset)
            decision.clusterID = clusterID
            decision.tags = tags
            return decision.decide(candidates)
        }
    }
}
