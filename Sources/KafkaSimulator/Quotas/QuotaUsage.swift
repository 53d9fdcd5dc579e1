import Bytes

/// Who used up how much of each limit, and what follows.
struct QuotaUsage: Sendable {
    private struct Key: Hashable, Sendable {
        var key: QuotaKey
        var sharers: [ByteString?]
        init(_ limit: QuotaStore.Limit) {
            key = limit.key
            sharers = limit.sharers
        }
    }

    /// `quota.window.num`, `quota.window.size.seconds`.
    var samples = 11
    var sampleLength: Duration = .seconds(1)
    /// The same of the controller's quota.
    var mutationSamples = 11
    var mutationSampleLength: Duration = .seconds(1)
    private var meters: [Key: UsageMeter] = [:]
    private var buckets: [Key: TokenBucket] = [:]

    init() {}

    /// As a broker's settings have them.
    init(_ configs: ConfigStore, broker: Int32) {
        samples = configs.number("quota.window.num", broker: broker) ?? samples
        sampleLength = configs.number("quota.window.size.seconds", broker: broker).map { .seconds($0) } ?? sampleLength
        mutationSamples = configs.number("controller.quota.window.num", broker: broker) ?? mutationSamples
        mutationSampleLength =
            configs.number("controller.quota.window.size.seconds", broker: broker).map { .seconds($0) } ?? mutationSampleLength
    }

    /// Records a use, and says how long its user must be still.
    mutating func record(_ amount: Double, of limit: QuotaStore.Limit, at now: Duration) -> Duration {
        let meter = UsageMeter(samples: samples, sampleLength: sampleLength)
        meters[Key(limit), default: meter].record(amount, at: now)
        let pause = meters[Key(limit)]?.pause(for: limit.rate, at: now) ?? .zero
        // The quota of requests never stops anybody for longer than one sample.
        return limit.key == .requestPercentage ? min(pause, sampleLength) : pause
    }

    mutating func takeBack(_ amount: Double, of limit: QuotaStore.Limit) { meters[Key(limit)]?.takeBack(amount) }

    private func burst(_ limit: QuotaStore.Limit) -> Double {
        limit.rate * Double(mutationSamples) * (mutationSampleLength / .seconds(1))
    }

    /// Takes permits for changes of partitions. False where the bucket is overdrawn, and a client that knows of the quota is
    /// refused; any other only has to wait afterwards.
    mutating func takePermits(_ permits: Int, of limit: QuotaStore.Limit, isStrict: Bool, at now: Duration) -> Bool {
        var bucket = buckets[Key(limit)] ?? TokenBucket(burst: burst(limit), at: now)
        let isOpen = bucket.isOpen(rate: limit.rate, burst: burst(limit), at: now)
        if isOpen || !isStrict { bucket.take(Double(permits)) }
        buckets[Key(limit)] = bucket
        return isOpen || !isStrict
    }

    /// How long the user must be still after its changes.
    func pauseForMutations(of limit: QuotaStore.Limit) -> Duration { buckets[Key(limit)]?.pause(rate: limit.rate) ?? .zero }
}
