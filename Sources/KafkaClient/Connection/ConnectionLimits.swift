import NIOCore

/// What bounds one connection.
struct ConnectionLimits: Sendable {
    /// TCP, TLS, versions and authentication together.
    var setup: TimeAmount
    var idle: TimeAmount
    /// Bytes of the longest answer.
    var maxFrameLength: Int
    /// How much of a session passes before it is renewed, in thousandths.
    var sessionShare = 900
}
