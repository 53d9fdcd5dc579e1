public import KafkaProtocol

/// What a client has sent and received so far.
public struct Statistics: Sendable, Equatable {
    /// Requests handed to a connection, retries included, by call. Negotiation and authentication are not counted.
    public var calls: [APIKey: Int] = [:]
    /// Bytes of requests and answers with their lengths, before TLS.
    public var bytesSent: Int64 = 0
    public var bytesReceived: Int64 = 0
    public var connectionsOpened = 0
    /// Requests sent again after a failure that another attempt could help.
    public var retries = 0

    public init() {}

    public var totalCalls: Int { calls.values.reduce(0, +) }
}
