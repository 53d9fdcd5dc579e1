/// How long an authentication counts (KIP-368). A value; moments are the time source's uptime.
///
/// It is renewed by the callers: from a certain moment on, a call brings a fresh grant. Where there is none to be had, calls go on
/// without as long as the session does.
struct Session: Equatable, Sendable {
    /// From here on a call has to bring a grant.
    private(set) var due: Duration
    /// From here on none goes without. A little before the broker closes the connection on whoever uses it.
    let end: Duration

    /// Between two attempts.
    private static let pause: Duration = .seconds(10)

    /// `lifetime`: as the broker says, in milliseconds, 1 or more. `share`: how much of it passes before it is renewed, in thousandths.
    init(at now: Duration, lifetime: Int64, share: Int) {
        let lifetime = Duration.milliseconds(lifetime)
        due = now + lifetime * share / 1000
        end = now + lifetime * 98 / 100
    }

    func isDue(at now: Duration) -> Bool { due <= now }

    /// Whether calls may go on; the next attempt then is after a pause, or at the end.
    mutating func postpone(at now: Duration) -> Bool {
        guard now < end else { return false }
        due = min(now + Self.pause, end)
        return true
    }
}
