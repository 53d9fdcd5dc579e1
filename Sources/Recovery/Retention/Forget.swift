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
    /// Only the lineages of this cluster; nil: all.
    public var clusterID: ByteString?
    /// How far local time is ahead of UTC at a moment.
    public var offset: @Sendable (Timestamp) -> Duration = { _ in .zero }

    public init(repository: Repository, choice: Choice, holder: String) {
        self.repository = repository
        self.choice = choice
        self.holder = holder
    }

    /// - Throws: `RecoveryError` (`conflict`) where the rules ask for nothing, so that everything would go; `RepositoryError` (`locked`
    ///   while somebody else forgets, `leaseLost`); `StorageError`.
    public func run() async throws -> ForgetReport {
        if case .rules(let rules) = choice, rules.isEmpty {
            throw RecoveryError(
                .conflict, "no rule says what to keep, so everything would be forgotten: nothing was",
                hint: "give at least one of --keep-last, -hourly, -daily, -weekly, -monthly, -yearly, -within, -tag; or name snapshots.")
        }
        return try await repository.withForgetter(holder: holder) { forgetter in
            var report = ForgetReport(isRehearsal: isRehearsal)
            let now = try await repository.storage.now()
            let listed = try await repository.snapshots()
            let pins = try await repository.pins()
            // After the list: a snapshot on it is settled unless a writer that is at work may still take it back.
            let provisional = try await repository.provisionalSnapshots()
            let present = try await repository.snapshotIDs()
            let entries = listed.filter { present.contains($0.id) }
            var candidates: [RetentionCandidate] = []
            for entry in entries {
                guard let manifest = entry.intact else { continue }
                if let clusterID, manifest.clusterID != clusterID, !manifest.lineage.formerClusterIDs.contains(clusterID) {
                    continue
                }
                candidates.append(
                    RetentionCandidate(
                        entry.id, manifest, isPinned: pins[entry.id]?.holds(at: now) ?? false, isEverything: manifest.selection.isEmpty,
                        isProvisional: provisional.contains(entry.id)))
            }
            let verdicts =
                switch choice {
                case .rules(let rules): Retention(rules: rules, now: now, offset: offset).decide(candidates)
                case .named(let ids): Retention.decide(named: ids, candidates, now: now)
                }
            for entry in entries {
                if let manifest = entry.intact {
                    guard let verdict = verdicts[entry.id] else { continue }
                    report.lines.append(.init(id: entry.id, finished: entry.finished, manifest: manifest, verdict: verdict))
                    if !verdict.isKept, !isRehearsal { try await forgetter.forget(entry) }
                } else if case .named(let ids) = choice, ids.contains(entry.id) {
                    // A damaged manifest can be named; no rule chooses it.
                    let isPinned = pins[entry.id]?.holds(at: now) ?? false
                    report.lines.append(
                        .init(id: entry.id, finished: entry.finished, manifest: nil, verdict: isPinned ? .keep([.pinned]) : .forget))
                    if !isPinned, !isRehearsal { try await forgetter.forget(entry) }
                } else {
                    report.unreadable.append(entry.id)
                }
            }
            return report
        }
    }
}
