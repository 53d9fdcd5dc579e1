/// One HTTP request of a few bytes: to a token endpoint, a metadata server, a security token service.
public struct WebRequest: Sendable {
    public var method: String
    /// `http://` or `https://`.
    public var url: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// For the connection to stand.
    public var connectTimeout: Duration = .seconds(5)
    /// From sending it to the last byte of the answer.
    public var timeout: Duration = .seconds(10)
    /// Bytes of the longest answer that is taken.
    public var largestAnswer = 1 << 20
    /// Whether the answer's body is wanted. Where not, the head is the answer: what follows, however long and slow, is not waited for.
    public var wantsBody = true

    public init(method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// An answer of any status.
public struct WebAnswer: Sendable, Equatable {
    public var status: Int
    public var body: [UInt8]

    public init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }

    public var isSuccess: Bool { (200..<300).contains(status) }
    /// Whether asking again later may go better: too many requests, or the server's own trouble.
    public var isTransient: Bool { status == 429 || status >= 500 }
}

/// Why there is no answer, in words for an operator, without what was sent.
public struct WebFailure: Error, Sendable, Equatable {
    public var reason: String
    /// Whether asking again may go better. A certificate that is not trusted stays so.
    public var isTransient: Bool

    public init(_ reason: String, isTransient: Bool) {
        self.reason = reason
        self.isTransient = isTransient
    }
}

/// Sends one request and brings its answer: the seam at which tests take the network's place. Follows no redirects.
public protocol WebTransport: Sendable {
    func send(_ request: WebRequest) async throws(WebFailure) -> WebAnswer
}
