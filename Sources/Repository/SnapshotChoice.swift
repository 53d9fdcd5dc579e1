public import Seams
public import SnapshotModel

/// The snapshot that an operator's name for one comes to, and what was passed over for it.
public struct SnapshotChoice: Sendable {
    public struct Other: Hashable, Sendable {
        public let id: SnapshotID
        public let finished: Timestamp
        public let flaw: SnapshotFlaw
    }

    public let id: SnapshotID
    public let finished: Timestamp
    /// Those that the name would have come to if nothing were wrong with them; the newest first.
    public let passedOver: [Other]
    /// What is wrong with the chosen one though a better one was looked for: there is none. Nil, too, where it was named and not looked for.
    public let flaw: SnapshotFlaw?
}

extension Repository {
    /// The snapshot to rely on that an operator means. As ``resolve(_:)``, but `latest`, `latest~n` and `@moment` neither count nor come to those
    /// that are damaged, suspect, or were narrowed where a wider one is at most two weeks older: positions alone, of a cadence of their own, bring no cluster
    /// back. Where there are only such, it is the newest of them.
    /// - Throws: as ``resolve(_:)``.
    public func choose(_ reference: String) async throws -> SnapshotChoice {
        let entries = try await snapshots()
        let name = SnapshotReference(reference)
        guard name.isChoice else {
            let entry = try name.resolve(among: entries, in: storage.name)
            return SnapshotChoice(id: entry.id, finished: entry.finished, passedOver: [], flaw: nil)
        }
        return try name.choose(among: entries, SnapshotFlaws(of: entries, try await confirmations()), in: storage.name)
    }
}

extension SnapshotReference {
    func choose(among entries: [SnapshotEntry], _ flaws: SnapshotFlaws, in place: String) throws(RepositoryError) -> SnapshotChoice {
        // Damaged ones stay in: how many there are is said where nothing is found.
        var pool = entries.filter { flaws.byID[$0.id] == nil || flaws.lastResorts.contains($0.id) || $0.intact == nil }
        let moment = isMoment ? Timestamp(text.dropFirst()) : nil
        // Of a moment before which nothing was well, one that is not is the answer, and not none.
        if let moment, !pool.contains(where: { $0.intact != nil && $0.finished <= moment }) { pool = entries }
        let chosen = try resolve(among: pool, in: place, passedOver: entries.count - pool.count)
        let counted = Set(pool.filter { $0.intact != nil }.map(\.id))
        let others = entries.prefix { $0.id != chosen.id }.compactMap { entry -> SnapshotChoice.Other? in
            guard let flaw = flaws.byID[entry.id], !counted.contains(entry.id), moment.map({ entry.finished <= $0 }) ?? true else {
                return nil
            }
            return SnapshotChoice.Other(id: entry.id, finished: entry.finished, flaw: flaw)
        }
        return SnapshotChoice(id: chosen.id, finished: chosen.finished, passedOver: others, flaw: flaws.byID[chosen.id])
    }
}
