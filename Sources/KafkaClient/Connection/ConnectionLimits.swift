import NIOCore

/// What bounds one connection.
struct ConnectionLimits: Sendable {
    /// TCP, TLS, versions and authentication together.
    var setup: TimeAmount
    var idle: TimeAmount
    /// Bytes of the longest answer.
    var maxFrameLength: Int
}
