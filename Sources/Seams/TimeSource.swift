/// Time as the program sees it: the one seam through which a clock is read or waited for, so that tests own it.
public protocol TimeSource: Sendable {
    /// The wall clock, UTC. May jump, also backwards: for stamps and for people, never for measuring.
    func now() -> Timestamp

    /// Time since some fixed moment; never goes backwards. For durations and deadlines.
    func uptime() -> Duration

    /// Returns after `duration` of uptime. Throws `CancellationError` as soon as the task is cancelled.
    func sleep(for duration: Duration) async throws
}
