/// How much somebody used up in the last seconds, as Kafka's sampled rates have it: whole samples that age, and a window that
/// counts as full from the start.
struct UsageMeter: Sendable {
    /// `quota.window.num` and `quota.window.size.seconds`.
    var samples = 11
    var sampleLength: Duration = .seconds(1)
    private var used: [(begin: Duration, amount: Double)] = []

    init(samples: Int = 11, sampleLength: Duration = .seconds(1)) {
        self.samples = max(1, samples)
        self.sampleLength = max(.milliseconds(1), sampleLength)
    }

    mutating func record(_ amount: Double, at now: Duration) {
        forget(before: now)
        if let last = used.last, now - last.begin < sampleLength {
            used[used.count - 1].amount += amount
        } else {
            used.append((now, amount))
        }
    }

    /// Takes back what was recorded last: it was not handed out.
    mutating func takeBack(_ amount: Double) {
        if !used.isEmpty { used[used.count - 1].amount -= amount }
    }

    /// How long the user must be still until the rate over the window is `rate` a second again; zero where it is not above.
    mutating func pause(for rate: Double, at now: Duration) -> Duration {
        forget(before: now)
        guard let first = used.first else { return .zero }
        let total = used.reduce(0) { $0 + $1.amount }
        let window = max(sampleLength * (samples - 1), now - first.begin)
        // However low the rate: nobody waits for longer than a year.
        return max(.zero, .milliseconds(Int64((min(total / rate, 31_536_000) * 1000).rounded())) - window)
    }

    private mutating func forget(before now: Duration) {
        used.removeAll { now - $0.begin >= sampleLength * samples }
    }
}
