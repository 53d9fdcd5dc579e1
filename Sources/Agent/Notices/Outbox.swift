public import Logging
import NIOConcurrencyHelpers
import Repository
public import Seams

/// Notices on their way. Receivers do not wait for each other, and nobody waits for a receiver; each gets its notices in order.
///
/// A delivery that fails is tried again with growing pauses for about a day; then it is given up with a line in the log. Meanwhile the
/// repository has a note of each (``Untold``), which is renewed, so that another agent tells it where this one is killed.
public final class Outbox: Sendable {
    private struct Queue {
        var errands: [Errand] = []
        var receiver: Receiver
    }

    private struct Kept {
        let note: Errand.Note
        var isBeingRenewed = false
        /// It was told while it was being renewed: whoever renews it takes it away.
        var isStruck = false
    }

    private struct State {
        /// By the receiver's name: what is there has a worker.
        var queues: [String: Queue] = [:]
        /// Notes of what is in the queues, by their ids.
        var kept: [String: Kept] = [:]
        /// Whether somebody renews them.
        var isKept = false
    }

    private let state = NIOLockedValueBox(State())
    private let notifier: any Notifier
    private let time: any TimeSource
    private let chance: any ChanceSource
    private let logger: Logger

    /// The first pause, how it grows, and how often is tried.
    static let firstPause: Duration = .seconds(5)
    static let longestPause: Duration = .seconds(1_800)
    static let attempts = 60
    /// Of one receiver; the oldest goes first.
    static let longestQueue = 100

    public init(_ notifier: any Notifier, time: any TimeSource, chance: any ChanceSource, logger: Logger) {
        self.notifier = notifier
        self.time = time
        self.chance = chance
        self.logger = logger
    }

    /// How many notices have not arrived yet.
    public var pending: Int { state.withLockedValue { $0.queues.values.reduce(0) { $0 + $1.errands.count } } }

    /// Whether the note is of something that waits here.
    func holds(_ untold: Untold) -> Bool { state.withLockedValue { $0.kept[untold.id] != nil } }

    /// Takes what is to be told. `work` gets what somebody must do from now on.
    func add(_ errands: [Errand], _ work: (_ task: @escaping @Sendable () async -> Void) -> Void) {
        for errand in errands {
            let name = errand.receiver.name
            let (isIdle, isUnkept, dropped) = state.withLockedValue { state -> (Bool, Bool, Errand?) in
                let isIdle = state.queues[name] == nil
                state.queues[name, default: Queue(receiver: errand.receiver)].receiver = errand.receiver
                state.queues[name]?.errands.append(errand)
                let isUnkept = errand.note != nil && !state.isKept
                if let note = errand.note { state.kept[note.untold.id] = Kept(note: note) }
                if isUnkept { state.isKept = true }
                guard state.queues[name]?.errands.count ?? 0 > Self.longestQueue else { return (isIdle, isUnkept, nil) }
                return (isIdle, isUnkept, state.queues[name]?.errands.remove(at: 1))
            }
            if isIdle { work { [self] in await self.work(for: name) } }
            if isUnkept { work { [self] in await keep() } }
            if let dropped {
                giveUp(dropped, "too many wait before it")
                work { [self] in await strike(dropped) }
            }
        }
    }

    /// Delivers what waits for the receiver; returns when nothing waits any more or the task is cancelled.
    private func work(for name: String) async {
        var attempt = 1
        var pause = Self.firstPause
        while let errand = next(name) {
            let notice = errand.notice
            do throws(DeliveryFailure) {
                try await notifier.deliver(notice, to: errand.receiver)
                logger.info(
                    "notice delivered", metadata: ["receiver": "\(name)", "event": "\(notice.event)", "cluster": "\(notice.cluster)"])
            } catch {
                logger.warning(
                    "notice not delivered",
                    metadata: ["receiver": "\(name)", "event": "\(notice.event)", "attempt": "\(attempt)", "reason": "\(error.reason)"])
                if attempt < Self.attempts {
                    guard (try? await time.sleep(for: pause * chance.number(in: 800...1200) / 1000)) != nil else { return }
                    attempt += 1
                    pause = min(pause * 2, Self.longestPause)
                    continue
                }
                giveUp(errand, error.reason)
            }
            await strike(errand)
            state.withLockedValue { _ = $0.queues[name]?.errands.removeFirst() }
            (attempt, pause) = (1, Self.firstPause)
        }
    }

    /// The first that waits, for the receiver as the policy has it now.
    private func next(_ name: String) -> Errand? {
        state.withLockedValue { state in
            guard let queue = state.queues[name], let first = queue.errands.first else {
                state.queues[name] = nil
                return nil
            }
            return Errand(notice: first.notice, receiver: queue.receiver, note: first.note)
        }
    }

    private func giveUp(_ errand: Errand, _ reason: String) {
        logger.error(
            "notice given up", metadata: ["receiver": "\(errand.receiver.name)", "title": "\(errand.notice.title)", "reason": "\(reason)"])
    }

    // MARK: Notes

    /// Renews the notes until there are none; returns when the task is cancelled, too.
    private func keep() async {
        while (try? await time.sleep(for: Untold.length / 3)) != nil {
            let notes = state.withLockedValue { state in
                if state.kept.isEmpty { state.isKept = false }
                return state.kept.values.map(\.note)
            }
            if notes.isEmpty { return }
            for note in notes { await renew(note) }
        }
    }

    private func renew(_ note: Errand.Note) async {
        let id = note.untold.id
        let isThere = state.withLockedValue { state in
            state.kept[id]?.isBeingRenewed = true
            return state.kept[id] != nil
        }
        guard isThere else { return }
        // A store that does not take it now may take it in twenty seconds.
        try? await note.turns.renew(note.untold)
        let isStruck = state.withLockedValue { state in
            state.kept[id]?.isBeingRenewed = false
            guard state.kept[id]?.isStruck == true else { return false }
            state.kept[id] = nil
            return true
        }
        if isStruck { try? await note.turns.told(note.untold) }
    }

    /// It was told, or given up.
    private func strike(_ errand: Errand) async {
        guard let id = errand.note?.untold.id else { return }
        let isOurs = state.withLockedValue { state in
            if state.kept[id]?.isBeingRenewed == true {
                state.kept[id]?.isStruck = true
                return false
            }
            state.kept[id] = nil
            return true
        }
        if isOurs { await errand.strike() }
    }
}
