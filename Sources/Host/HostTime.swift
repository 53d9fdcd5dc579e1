import Glibc
public import Seams

/// The machine's own clocks. Only the executable, tests and benchmarks import this module; everything else is handed a `TimeSource`.
public struct HostTime: TimeSource {
    public init() {}

    public func now() -> Timestamp { Timestamp(milliseconds: Int64(Self.read(CLOCK_REALTIME).wholeMilliseconds)) }

    public func uptime() -> Duration { Self.read(CLOCK_BOOTTIME) }

    public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration, tolerance: nil, clock: .continuous) }

    private static func read(_ clock: clockid_t) -> Duration {
        var moment = timespec()
        clock_gettime(clock, &moment)
        return .seconds(moment.tv_sec) + .nanoseconds(moment.tv_nsec)
    }
}
