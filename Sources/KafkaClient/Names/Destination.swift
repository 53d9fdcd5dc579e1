public import Bytes

/// Who a request is for.
public enum Destination: Hashable, Sendable {
    /// Whoever answers; an open connection is preferred.
    case anyBroker
    /// The broker that Metadata names as controller. Under KRaft it forwards.
    case controller
    case broker(Int32)
    /// The broker that coordinates a group. For reads it is the one that lists the group, because FindCoordinator on a fresh
    /// cluster creates `__consumer_offsets` and reading must change nothing; for writes FindCoordinator is asked.
    case groupCoordinator(ByteString)
    case leader(TopicPartition)
}
