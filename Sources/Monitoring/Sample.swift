public import Bytes

/// One value of one series.
public struct Sample: Sendable, Hashable {
    public let metric: Metric
    /// Of the metric's labels, in their order. Names come from the cluster, so they are bytes.
    public let labels: [ByteString]
    public let value: Double

    public init(_ metric: Metric, _ labels: [ByteString], _ value: some SampleValue) {
        self.metric = metric
        self.labels = labels
        self.value = value.sample
    }

    /// Of a metric without labels.
    public init(_ metric: Metric, _ value: some SampleValue) { self.init(metric, [], value) }
}

/// What a sample may be given as.
public protocol SampleValue {
    var sample: Double { get }
}

extension Double: SampleValue {
    public var sample: Double { self }
}

extension Int: SampleValue {
    public var sample: Double { Double(self) }
}

extension Bool: SampleValue {
    public var sample: Double { self ? 1 : 0 }
}

extension Duration: SampleValue {
    /// Seconds, in whole microseconds, so that no digits appear that nobody measured.
    public var sample: Double {
        let (seconds, attoseconds) = components
        return (Double(seconds) * 1e6 + Double(attoseconds / 1_000_000_000_000)) / 1e6
    }
}
