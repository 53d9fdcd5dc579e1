public import Logging
import NIOConcurrencyHelpers
public import Seams

/// Notices on their way. Receivers do not wait for each other, and nobody waits for a receiver; each gets its notices in order.
///
/// A delivery that fails is tried again with growing pauses for about a day; then it is given up with a line in the log.
public final class Outbox: Sendable {
    private struct Queue {
        var notices: [Notice] = []
        var receiver: Receiver
    }

    /// By the receiver's name: what is there has a worker.
    private let queues = NIOLockedValueBox<[String: Queue]>([:])
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
    public var pending: Int { queues.withLockedValue { $0.values.reduce(0) { $0 + $1.notices.count } } }

    /// Gives the receivers for whom somebody must now call ``work(for:)``.
    func add(_ notice: Notice, to receivers: [Receiver]) -> [String] {
        var idle: [String] = []
        for receiver in receivers where receiver.events.contains(notice.event) {
            let dropped = queues.withLockedValue { queues -> Notice? in
                if queues[receiver.name] == nil { idle.append(receiver.name) }
                queues[receiver.name, default: Queue(receiver: receiver)].receiver = receiver
                queues[receiver.name]?.notices.append(notice)
                guard queues[receiver.name]?.notices.count ?? 0 > Self.longestQueue else { return nil }
                return queues[receiver.name]?.notices.remove(at: 1)
            }
            if let dropped { giveUp(dropped, receiver, "too many wait before it") }
        }
        return idle
    }

    /// Delivers what waits for the receiver; returns when nothing waits any more or the task is cancelled.
    func work(for name: String) async {
        var attempt = 1
        var pause = Self.firstPause
        while let (notice, receiver) = next(name) {
            do throws(DeliveryFailure) {
                try await notifier.deliver(notice, to: receiver)
                logger.info(
                    "notice delivered", metadata: ["receiver": "\(name)", "event": "\(notice.event)", "cluster": "\(notice.cluster)"])
                done(name)
                (attempt, pause) = (1, Self.firstPause)
            } catch {
                logger.warning(
                    "notice not delivered",
                    metadata: ["receiver": "\(name)", "event": "\(notice.event)", "attempt": "\(attempt)", "reason": "\(error.reason)"])
                if attempt >= Self.attempts {
                    giveUp(notice, receiver, error.reason)
                    done(name)
                    (attempt, pause) = (1, Self.firstPause)
                    continue
                }
                guard (try? await time.sleep(for: pause * chance.number(in: 800...1200) / 1000)) != nil else { return }
                attempt += 1
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    private func next(_ name: String) -> (Notice, Receiver)? {
        queues.withLockedValue { queues in
            guard let queue = queues[name], let first = queue.notices.first else {
                queues[name] = nil
                return nil
            }
            return (first, queue.receiver)
        }
    }

    private func done(_ name: String) { queues.withLockedValue { _ = $0[name]?.notices.removeFirst() } }

    private func giveUp(_ notice: Notice, _ receiver: Receiver, _ reason: String) {
        logger.error(
            "notice given up", metadata: ["receiver": "\(receiver.name)", "title": "\(notice.title)", "reason": "\(reason)"])
    }
}
