import Host
import KafkaClient
import NIOConcurrencyHelpers
import Seams

/// The machine's time, with a wall clock that a test sets back and forth.
final class JumpingTime: TimeSource {
    private let offset = NIOLockedValueBox(Duration.zero)
    private let host = HostTime()

    func jump(by duration: Duration) { offset.withLockedValue { $0 += duration } }

    func now() -> Timestamp { host.now().advanced(by: offset.withLockedValue { $0 }) }
    func uptime() -> Duration { host.uptime() }
    func sleep(for duration: Duration) async throws { try await host.sleep(for: duration) }
}
