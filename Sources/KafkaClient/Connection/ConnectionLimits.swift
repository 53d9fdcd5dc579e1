import NIOCore

/// What bounds one connection.
struct ConnectionLimits: Sendable {
    /// TCP, TLS, versions and authentication together.
    var setup: TimeAmount
    var idle: TimeAmount
    /// Bytes of the longest answer.
    var maxFrameLength: Int
    /// The same before versions and authentication are through, while nobody knows who the other side is: some ten times what ApiVersions
    /// comes to.
    static let longestBeforeReady = 64 << 10
    /// How much of a session passes before it is renewed, in thousandths.
    var sessionShare = 900
    /// The versions of TLS that are offered; none where no TLS is spoken.
    var tlsVersions: Set<TLS.Version> = []
}
