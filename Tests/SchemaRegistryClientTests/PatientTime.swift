import Seams
import NIOConcurrencyHelpers

/// Time that passes only by sleeping, at once; remembers how long each sleep was meant to be.
final class PatientTime: TimeSource {
    private let slept = NIOLockedValueBox<[Duration]>([])

    var sleeps: [Duration] { slept.withLockedValue { $0 } }

    func now() -> Timestamp { Timestamp(milliseconds: 1_800_000_000_000 + uptime().wholeMilliseconds) }
    func uptime() -> Duration { slept.withLockedValue { $0.reduce(.zero, +) } }
    func sleep(for duration: Duration) async throws {
        try Task.checkCancellation()
        slept.withLockedValue { $0.append(duration) }
    }
}
