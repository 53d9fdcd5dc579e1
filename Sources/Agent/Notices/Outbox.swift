public import Logging
import NIOConcurrencyHelpers
import Repository
public import Seams

/// Notices on their way. Receivers do not wait for each other, and nobody waits for a receiver; each gets its notices in order.
///
/// A delivery that fails is tried again with growing pauses for about a day; then it is given up with a line in the log. Meanwhile the
/// repository has a note of each (``Untold``), which is renewed, so that another agent tells it where this one is killed.
public final class Outbox: Sendable {
    typealias Work = (_ task: @escaping @Sendable () async -> Void) -> Void

    private struct Queue {
        var errands: [Errand] = []
        var receiver: Receiver
        /// Ends the pause of its worker.
        var bell: AsyncStream<Void>.Continuation?
    }

    private struct Kept {
        var note: Errand.Note
        var isBeingRenewed = false
        /// It was told while it was being renewed: whoever renews it takes it away.
        var isStruck = false
    }

    private struct State {
        /// Nil before a policy was read: then everybody is told who is to be.
        var book: ReceiverBook?
        /// One for each receiver's name. What is there has a worker; receivers may be corrected, numbers stay.
        var queues: [Int: Queue] = [:]
        var number = 0
        /// Notes of what is in the queues, by their ids.
        var kept: [String: Kept] = [:]
        /// Whether somebody renews them.
        var isKept = false

        /// The number of the receiver's queue, and whether it is new.
        mutating func queue(for receiver: Receiver) -> (Int, isNew: Bool) {
            if let known = queues.first(where: { $0.value.receiver.name == receiver.name }) { return (known.key, false) }
            number += 1
            queues[number] = Queue(receiver: receiver)
            return (number, true)
        }

        /// Notes say whom the policy means now, for whoever takes them on.
        mutating func readdress(_ errands: [Errand], to name: String) {
            for id in errands.compactMap({ $0.note?.untold.id }) { kept[id]?.note.untold.receiver = name }
        }
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
    func add(_ errands: [Errand], _ work: Work) {
        for errand in errands {
            var begun: Int?
            var isUnkept = false
            let dropped = state.withLockedValue { state -> (Errand, reason: String)? in
                // A run that began before the policy was read again knows who was told then.
                var receiver: Receiver? = errand.receiver
                if let book = state.book { receiver = book.now(errand.receiver) }
                guard let receiver else { return (errand, Self.gone) }
                let (number, isNew) = state.queue(for: receiver)
                if isNew { begun = number }
                state.queues[number]?.receiver = receiver
                state.queues[number]?.errands.append(errand)
                if let note = errand.note {
                    isUnkept = !state.isKept
                    state.isKept = true
                    state.kept[note.untold.id] = Kept(note: note)
                    state.readdress([errand], to: receiver.name)
                }
                guard state.queues[number]?.errands.count ?? 0 > Self.longestQueue else { return nil }
                return (state.queues[number]?.errands.remove(at: 1)).map { ($0, "too many wait before it") }
            }
            if let begun { work { [self] in await self.work(through: begun) } }
            if isUnkept { work { [self] in await keep() } }
            if let dropped { giveUp([dropped.0], dropped.reason, work) }
        }
    }

    /// The policy was read: what waits goes to its receivers as they are now, at once. What was for one that is gone is given up.
    func turn(to receivers: [Receiver], _ work: Work) {
        let gone = state.withLockedValue { state -> [Errand] in
            if state.book == nil { state.book = ReceiverBook(receivers) } else { state.book?.turn(to: receivers) }
            var gone: [Errand] = []
            for (number, queue) in state.queues {
                let now = state.book?.now(queue.receiver)
                if now == queue.receiver { continue }
                if let now {
                    state.queues[number]?.receiver = now
                    state.readdress(queue.errands, to: now.name)
                } else {
                    state.queues[number] = nil
                    gone += queue.errands
                }
                queue.bell?.finish()
            }
            return gone
        }
        giveUp(gone, Self.gone, work)
    }

    private static let gone = "the policy has no such receiver any more"

    // MARK: Telling

    /// Delivers what waits in the queue; returns when nothing waits any more or the task is cancelled.
    private func work(through number: Int) async {
        var attempt = 1
        var pause = Self.firstPause
        while let errand = next(number) {
            let notice = errand.notice
            let place = errand.receiver.place
            do throws(DeliveryFailure) {
                try await notifier.deliver(notice, to: errand.receiver)
                logger.info(
                    "notice delivered", metadata: ["receiver": "\(place)", "event": "\(notice.event)", "cluster": "\(notice.cluster)"])
            } catch {
                logger.warning(
                    "notice not delivered",
                    metadata: ["receiver": "\(place)", "event": "\(notice.event)", "attempt": "\(attempt)", "reason": "\(error.reason)"])
                if attempt < Self.attempts {
                    switch await rest(number, errand.receiver, for: pause * chance.number(in: 800...1200) / 1000) {
                    case .over: (attempt, pause) = (attempt + 1, min(pause * 2, Self.longestPause))
                    case .corrected: (attempt, pause) = (1, Self.firstPause)
                    case .cancelled: return
                    }
                    continue
                }
                log(errand, error.reason)
            }
            await strike(errand)
            state.withLockedValue { _ = $0.queues[number]?.errands.removeFirst() }
            (attempt, pause) = (1, Self.firstPause)
        }
    }

    /// The first that waits, for the receiver as the policy has it now.
    private func next(_ number: Int) -> Errand? {
        state.withLockedValue { state in
            guard let queue = state.queues[number], let first = queue.errands.first else {
                state.queues[number] = nil
                return nil
            }
            return Errand(notice: first.notice, receiver: queue.receiver, note: first.note)
        }
    }

    private enum Rest: Sendable {
        case over, corrected, cancelled
    }

    /// Waits, but not for a receiver that is none any more or another than `receiver`.
    private func rest(_ number: Int, _ receiver: Receiver, for pause: Duration) async -> Rest {
        let (rings, bell) = AsyncStream<Void>.makeStream()
        let isRight = state.withLockedValue { state in
            state.queues[number]?.bell = bell
            return state.queues[number]?.receiver == receiver
        }
        guard isRight else { return .corrected }
        return await withTaskGroup(of: Rest.self) { group in
            group.addTask { [time] in (try? await time.sleep(for: pause)) == nil ? .cancelled : .over }
            group.addTask {
                for await _ in rings {}
                return .corrected
            }
            let first = await group.next() ?? .cancelled
            group.cancelAll()
            return Task.isCancelled ? .cancelled : first
        }
    }

    private func giveUp(_ errands: [Errand], _ reason: String, _ work: Work) {
        for errand in errands {
            log(errand, reason)
            work { [self] in await strike(errand) }
        }
    }

    private func log(_ errand: Errand, _ reason: String) {
        logger.error(
            "notice given up", metadata: ["receiver": "\(errand.receiver.place)", "title": "\(errand.notice.title)", "reason": "\(reason)"])
    }

    // MARK: Notes

    /// Renews the notes until there are none; returns when the task is cancelled, too.
    private func keep() async {
        while (try? await time.sleep(for: Untold.length / 3)) != nil {
            let ids = state.withLockedValue { state in
                if state.kept.isEmpty { state.isKept = false }
                return Array(state.kept.keys)
            }
            if ids.isEmpty { return }
            for id in ids { await renew(id) }
        }
    }

    private func renew(_ id: String) async {
        let note = state.withLockedValue { state in
            state.kept[id]?.isBeingRenewed = true
            return state.kept[id]?.note
        }
        guard let note else { return }
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
