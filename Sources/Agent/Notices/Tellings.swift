import NIOConcurrencyHelpers
import Repository

/// What was told of the jobs' troubles and not yet taken back, so that each is told once: by one of many agents, and before and after a
/// restart. The repository has it (``TroubleMark``); while that cannot be written, this process keeps it.
final class Tellings: Sendable {
    private struct Key: Hashable {
        let cluster: String
        let job: Job

        init(_ cluster: String, _ job: Job) { (self.cluster, self.job) = (cluster, job) }
        init(_ matter: Matter) { self.init(matter.cluster, matter.job) }
    }

    private struct Told {
        /// Known to be told, by whomever.
        var troubles: Set<Trouble> = []
        /// Told by this process, and the repository does not have it.
        var isOurs = false
    }

    private let told = NIOLockedValueBox<[Key: Told]>([:])
    private let holder: String

    init(holder: String) { self.holder = holder }

    /// Whether it is ours to tell now: then what `errands` notes before anybody is told. Nil where another has told of it, or we have.
    func raise(_ trouble: Trouble, of matter: Matter, _ errands: () async -> [Errand]) async -> [Errand]? {
        let key = Key(matter)
        let known = told.withLockedValue { $0[key] }
        let isKnown = known?.troubles.contains(trouble) ?? false
        if isKnown, known?.isOurs == true { return nil }
        var noted: [Errand] = []
        // Asked again though known: another agent may have made it good since, and then this is a new trouble.
        var isFirst: Bool?
        if let isStanding = try? await stands(trouble, of: matter), isStanding {
            isFirst = false
        } else {
            noted = await errands()
            isFirst = try? await matter.turns?.raise(trouble.word, of: matter.job.rawValue, cluster: matter.owner, by: holder)
        }
        if isFirst != true, isFirst != nil || isKnown {
            for errand in noted { await errand.strike() }
            noted = []
        }
        if isFirst == nil, isKnown { return nil }
        told.withLockedValue {
            $0[key, default: Told()].troubles.insert(trouble)
            if isFirst == nil { $0[key]?.isOurs = true }
        }
        return isFirst == false ? nil : noted
    }

    /// Whether somebody was told of the trouble; then the mark says that it goes on. One that has become stale is taken away.
    private func stands(_ trouble: Trouble, of matter: Matter) async throws -> Bool {
        guard let turns = matter.turns else { return false }
        let marks = try await turns.marks(of: matter.job.rawValue).filter { $0.tells(trouble) && $0.isOf(matter.owner) }
        guard !marks.isEmpty else { return false }
        let now = try await turns.now()
        let standing = marks.filter { !$0.isStale(matter.gap, at: now) }
        if standing.isEmpty { try await turns.settle(marks) }
        // What an earlier version put stands for any failure: it is left to become stale, so that it does not hide all others for ever.
        for mark in standing where mark.trouble == trouble.word && mark.isDue(at: now) { try? await turns.renew(mark) }
        return !standing.isEmpty
    }

    /// Whether somebody was told that it fails, in whichever way.
    func isFailing(_ matter: Matter) async -> Bool {
        guard let turns = matter.turns, let now = try? await turns.now(), let marks = try? await turns.marks(of: matter.job.rawValue) else {
            return false
        }
        return marks.contains { $0.isFailure && $0.isOf(matter.owner) && !$0.isStale(matter.gap, at: now) }
    }

    /// A run of ours ended well, and it is our turn: that all is well again, where that is ours to tell.
    ///
    /// Other clusters' troubles are none of ours, but for what this process told under the same name: its policy had another address then.
    /// - Parameter former: the id of the cluster whose place this one took with this run, if it did.
    func settle(_ matter: Matter, former: String? = nil, _ errands: () async -> [Errand]) async -> [Errand]? {
        guard let turns = matter.turns else { return nil }
        let key = Key(matter)
        let isOurs = told.withLockedValue { $0[key]?.isOurs ?? false }
        var noted: [Errand] = []
        do {
            let marks = try await turns.marks(of: matter.job.rawValue).filter {
                $0.isKnown && ($0.isOf(matter.owner) || $0.record.holder == holder || $0.clusterID == former)
            }
            if isOurs || !marks.isEmpty { noted = await errands() }
            try await turns.settle(marks)
            told.withLockedValue { $0[key] = nil }
            return isOurs || !marks.isEmpty ? noted : nil
        } catch {
            // It still stands there: the next run that ends well looks again.
            for errand in noted { await errand.strike() }
            return nil
        }
    }

    /// A run of another agent ended well: it has told all that it could know of.
    func forget(_ job: Job, _ cluster: String) -> Bool {
        told.withLockedValue { $0.removeValue(forKey: Key(cluster, job))?.isOurs ?? false }
    }

    /// Keeps in mind only what the policy still has, where it had it.
    func keep(_ isMeant: (_ cluster: String, _ job: Job) -> Bool) {
        told.withLockedValue { told in told = told.filter { isMeant($0.key.cluster, $0.key.job) } }
    }
}
