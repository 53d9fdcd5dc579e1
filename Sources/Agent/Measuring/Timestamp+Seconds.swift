public import Seams

extension Timestamp {
    /// Since 1970-01-01T00:00:00Z, as Prometheus counts.
    public var seconds: Double { Double(milliseconds) / 1000 }
}
