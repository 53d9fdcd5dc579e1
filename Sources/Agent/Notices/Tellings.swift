import NIOConcurrencyHelpers
import Repository

/// What was told of the jobs' troubles and not yet taken back, so that it is told once: by one of many agents, and before and after a
/// restart. The repository has it (``Turns``); while that cannot be written, this process keeps it.
final class Tellings: Sendable {
    private struct Key: Hashable {
        let cluster: String
        let job: Job
    }

    private struct Told {
        /// Known to be told, by whomever.
        var events: Set<Notice.Event> = []
        /// Told by this process, and the repository does not have it.
        var isOurs = false
    }

    private let told = NIOLockedValueBox<[Key: Told]>([:])
    private let holder: String

    static let troubles: [Notice.Event] = [.failure, .missed]

    init(holder: String) { self.holder = holder }

    /// Whether it is ours to tell now: then what `errands` notes before anybody is told. Nil where another has told of it, or we have.
    func raise(
        _ event: Notice.Event, of job: Job, _ cluster: String, _ turns: Turns?, _ errands: () async -> [Errand]
    ) async -> [Errand]? {
        let key = Key(cluster: cluster, job: job)
        let known = told.withLockedValue { $0[key] }
        let isKnown = known?.events.contains(event) ?? false
        if isKnown, known?.isOurs == true { return nil }
        var noted: [Errand] = []
        // Asked again though known: another agent may have made it good since, and then this is a new trouble.
        var isFirst: Bool?
        if let turns, (try? await turns.isRaised(event.rawValue, of: job.rawValue)) == true {
            isFirst = false
        } else {
            noted = await errands()
            isFirst = try? await turns?.raise(event.rawValue, of: job.rawValue, by: holder)
        }
        if isFirst != true, isFirst != nil || isKnown {
            for errand in noted { await errand.strike() }
            noted = []
        }
        if isFirst == nil, isKnown { return nil }
        told.withLockedValue {
            $0[key, default: Told()].events.insert(event)
            if isFirst == nil { $0[key]?.isOurs = true }
        }
        return isFirst == false ? nil : noted
    }

    /// A run of ours ended well, and it is our turn: that all is well again, where that is ours to tell.
    func settle(_ job: Job, _ cluster: String, _ turns: Turns, _ errands: () async -> [Errand]) async -> [Errand]? {
        let key = Key(cluster: cluster, job: job)
        let isOurs = told.withLockedValue { $0[key]?.isOurs ?? false }
        var noted: [Errand] = []
        do {
            var isRaised = false
            for trouble in Self.troubles where try await turns.isRaised(trouble.rawValue, of: job.rawValue) { isRaised = true }
            if isOurs || isRaised { noted = await errands() }
            if isRaised { _ = try await turns.settle(Self.troubles.map(\.rawValue), of: job.rawValue) }
            told.withLockedValue { $0[key] = nil }
            return isOurs || isRaised ? noted : nil
        } catch {
            // It still stands there: the next run that ends well looks again.
            for errand in noted { await errand.strike() }
            return nil
        }
    }

    /// A run of another agent ended well: it has told all that it could know of.
    func forget(_ job: Job, _ cluster: String) -> Bool {
        told.withLockedValue { $0.removeValue(forKey: Key(cluster: cluster, job: job))?.isOurs ?? false }
    }
}
