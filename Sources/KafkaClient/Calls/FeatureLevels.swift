public import Bytes

/// A cluster's features (KIP-584): what its brokers could do and what is switched on.
public struct FeatureLevels: Equatable, Sendable {
    /// Levels that the asked broker supports.
    public var supported: [ByteString: ClosedRange<Int16>] = [:]
    /// Levels that are in force in the cluster, such as `metadata.version`.
    public var finalized: [ByteString: ClosedRange<Int16>] = [:]
    /// Epoch of the finalized levels; nil where the broker does not know them.
    public var epoch: Int64?

    public init() {}
}
