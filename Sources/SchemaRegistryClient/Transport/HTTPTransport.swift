/// Sends one HTTP request and brings its answer: the seam at which tests take the network's place.
public protocol HTTPTransport: Sendable {
    /// Follows no redirects and repeats nothing.
    func send(_ request: HTTPRequest) async throws(HTTPTransportError) -> HTTPAnswer
}

public struct HTTPRequest: Sendable {
    public var method: String
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]?
    /// From now to the answer's last byte.
    public var timeout: Duration
    /// Reading stops behind so many bytes of body, with `tooLarge`.
    public var largestAnswer: Int
    /// Goes on when the task is cancelled.
    public var outlivesCancellation: Bool
}

/// An answer of any status.
public struct HTTPAnswer: Sendable {
    public var status: Int
    public var body: [UInt8]
    /// The server's wish in its `Retry-After` header, where it gave one in seconds.
    public var retryAfter: Duration?

    public init(status: Int, body: [UInt8], retryAfter: Duration? = nil) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
    }
}

/// Why there is no answer.
public struct HTTPTransportError: Error, Sendable, Equatable {
    public enum Kind: Sendable {
        /// Nothing was sent.
        case connect
        /// Nothing was sent: no trust.
        case tls
        /// The request may have arrived.
        case interrupted
        /// The request may have arrived.
        case timeout
        /// An answer came and was too long.
        case tooLarge
        /// What came is no HTTP.
        case foreign
        case cancelled
    }

    public let kind: Kind
    public let reason: String

    public init(_ kind: Kind, reason: String) {
        self.kind = kind
        self.reason = reason
    }
}
