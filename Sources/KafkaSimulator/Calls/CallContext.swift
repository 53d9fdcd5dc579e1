import Bytes
import KafkaProtocol
import Seams

/// One request that a broker has taken in. An answer that comes later is addressed to it.
struct CallToken: Hashable, Comparable, Sendable {
    let number: UInt64
    static func < (left: CallToken, right: CallToken) -> Bool { left.number < right.number }
}

/// One connection of a client.
struct ConnectionID: Hashable, Sendable {
    let number: UInt64
}

/// All that a handler may know beside the request and the cluster: where and when the request came in, and from whom.
struct CallContext: Sendable {
    /// The broker that the request was sent to.
    var broker: Int32
    var connection: ConnectionID
    var api: APIKey
    var version: Int16
    var token: CallToken
    var clientID: ByteString
    /// As group descriptions show it, with a slash: `/127.0.0.1`.
    var clientHost: ByteString
    /// `User:ANONYMOUS` on a listener without authentication.
    var principal: ByteString
    /// The wall clock, for stamps.
    var now: Timestamp
    /// The monotonic clock, for deadlines.
    var uptime: Duration
    var chance: any ChanceSource
}

/// What a handler makes of a request.
enum Answer<Response: Sendable>: Sendable {
    case now(Response)
    /// The answer comes through `ClusterState.complete`, addressed to the token of the context.
    case later
    /// There is none: a Produce with acks 0.
    case never
}

/// An answer whose time has come.
struct Completion: Sendable {
    var token: CallToken
    /// The `Response` of the call that the token stands for.
    var response: any WireStruct
}
