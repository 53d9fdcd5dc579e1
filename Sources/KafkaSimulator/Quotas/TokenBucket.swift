/// Permits that grow back with time, up to a burst (KIP-599). A change may overdraw it; the next one then has to wait.
struct TokenBucket: Sendable {
    private var tokens: Double
    private var filled: Duration

    /// A full one.
    init(burst: Double, at now: Duration) {
        tokens = burst
        filled = now
    }

    private mutating func fill(rate: Double, burst: Double, at now: Duration) {
        tokens = min(burst, tokens + rate * ((now - filled) / .seconds(1)))
        filled = now
    }

    /// Whether something may be taken now.
    mutating func isOpen(rate: Double, burst: Double, at now: Duration) -> Bool {
        fill(rate: rate, burst: burst, at: now)
        return tokens >= 0
    }

    mutating func take(_ permits: Double) { tokens -= permits }

    /// How long until it is open again; zero where it is.
    func pause(rate: Double) -> Duration { tokens < 0 ? .milliseconds(Int64((min(-tokens / rate, 31_536_000) * 1000).rounded())) : .zero }
}
