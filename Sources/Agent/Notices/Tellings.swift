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

    /// Whether it is ours to tell now.
    func raise(_ event: Notice.Event, of job: Job, _ cluster: String, _ turns: Turns?) async -> Bool {
        let key = Key(cluster: cluster, job: job)
        let known = told.withLockedValue { $0[key] }
        let isKnown = known?.events.contains(event) ?? false
        if isKnown, known?.isOurs == true { return false }
        var isOurs = false
        var isFirst = true
        // Asked again though known: another agent may have made it good since, and then this is a new trouble.
        if let turns, let first = try? await turns.raise(event.rawValue, of: job.rawValue, by: holder) {
            isFirst = first
        } else if isKnown {
            return false
        } else {
            isOurs = true
        }
        told.withLockedValue {
            $0[key, default: Told()].events.insert(event)
            if isOurs { $0[key]?.isOurs = true }
        }
        return isFirst
    }

    /// A run of ours ended well, and it is our turn: whether it is ours to tell that all is well again.
    func settle(_ job: Job, _ cluster: String, _ turns: Turns) async -> Bool {
        let key = Key(cluster: cluster, job: job)
        guard let was = try? await turns.settle(Self.troubles.map(\.rawValue), of: job.rawValue) else {
            // It still stands there: the next run that ends well looks again.
            return false
        }
        let isOurs = told.withLockedValue { $0.removeValue(forKey: key)?.isOurs ?? false }
        return was || isOurs
    }

    /// A run of another agent ended well: it has told all that it could know of.
    func forget(_ job: Job, _ cluster: String) -> Bool {
        told.withLockedValue { $0.removeValue(forKey: Key(cluster: cluster, job: job))?.isOurs ?? false }
    }
}
