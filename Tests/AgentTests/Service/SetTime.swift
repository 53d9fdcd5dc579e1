import Host
import NIOConcurrencyHelpers
import Seams

/// A clock that a test sets. Sleeping takes real time: what sleeps here is timers that are cancelled.
final class SetTime: TimeSource {
    private let elapsed = NIOLockedValueBox<Duration>(.zero)
    private let start: Timestamp

    init(_ start: String) throws {
        struct NoTime: Error {}
        guard let start = Timestamp(start) else { throw NoTime() }
        self.start = start
    }

    func pass(_ duration: Duration) { elapsed.withLockedValue { $0 += duration } }
    func now() -> Timestamp { start.advanced(by: elapsed.withLockedValue { $0 }) }
    func uptime() -> Duration { .seconds(5_000) + elapsed.withLockedValue { $0 } }
    func sleep(for duration: Duration) async throws { try await HostTime().sleep(for: duration) }
}
