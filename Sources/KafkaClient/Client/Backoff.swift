import Seams

/// Pauses between attempts: doubled each time up to a limit, spread by ±20 % so that clients do not come back in step (KIP-580).
struct Backoff: Sendable, Equatable {
    private var pause: Duration
    private let limit: Duration

    init(first: Duration, limit: Duration) {
        pause = min(first, limit)
        self.limit = limit
    }

    mutating func next(_ chance: any ChanceSource) -> Duration {
        defer { pause = min(pause * 2, limit) }
        return pause * chance.number(in: 800...1200) / 1000
    }
}
