import KafkaProtocol
import NIOConcurrencyHelpers
import Synchronization

/// The sums over all connections of a client.
final class Tally: Sendable {
    private let sums = NIOLockedValueBox(Statistics())

    var statistics: Statistics { sums.withLockedValue { $0 } }
    func add(_ change: (inout Statistics) -> Void) { sums.withLockedValue { change(&$0) } }
}

/// Where one connection reports what it does.
final class ConnectionMeter: Sendable {
    private let tally: Tally
    private let takesCalls = Atomic(true)
    private let session = NIOLockedValueBox<Session?>(nil)

    init(_ tally: Tally) { self.tally = tally }

    /// Whether a new call has a chance. A call to a connection that just stopped taking them fails as not sent.
    var isOpenForCalls: Bool { takesCalls.load(ordering: .acquiring) }

    /// Whether its session is near its end, so that a call must bring a fresh grant first.
    func wantsGrant(at now: Duration) -> Bool { session.withLockedValue { $0?.isDue(at: now) ?? false } }

    func postponeRenewal(at now: Duration) -> Bool { session.withLockedValue { $0?.postpone(at: now) ?? true } }

    /// False where somebody else has begun.
    func beginRenewal() -> Bool {
        session.withLockedValue { session in
            defer { session = nil }
            return session != nil
        }
    }

    /// Nil where it has no end.
    func began(_ new: Session?) { session.withLockedValue { $0 = new } }
    func closedForCalls() { takesCalls.store(false, ordering: .releasing) }
    func opened() { tally.add { $0.connectionsOpened += 1 } }
    func sending(_ api: APIKey) { tally.add { $0.calls[api, default: 0] += 1 } }
    func sent(_ bytes: Int) { tally.add { $0.bytesSent += Int64(bytes) } }
    func received(_ bytes: Int) { tally.add { $0.bytesReceived += Int64(bytes) } }
}
