public import Bytes
public import Seams
public import Web

/// How to reach a cluster.
public struct ClientConfiguration: Sendable {
    /// Tried in an order that chance decides until one answers; the others of the cluster are learnt from it.
    public var bootstrap: [BrokerAddress]
    /// A label in brokers' logs and quotas.
    public var clientID: ByteString = "tidemark"
    public var security = Security.plaintext
    /// For one request on one connection, from handing it over to its answer.
    public var requestTimeout: Duration = .seconds(30)
    /// For a call as a whole, retries and waiting included.
    public var apiTimeout: Duration = .seconds(60)
    /// For a connection to stand: TCP, TLS, versions and authentication together.
    public var connectTimeout: Duration = .seconds(10)
    /// First pause before a retry; doubled each time up to `retryBackoffMax`, with ±20 % of jitter (KIP-580).
    public var retryBackoff: Duration = .milliseconds(100)
    public var retryBackoffMax: Duration = .seconds(1)
    /// How often a broker that cannot be connected to is tried in one call.
    public var connectAttempts = 4
    /// A connection without a request for this long is closed before the broker does it.
    public var connectionsMaxIdle: Duration = .seconds(270)
    /// The longest answer that is taken, in bytes.
    public var maxFrameLength = 100 << 20

    /// Where credentials are looked for that the configuration only refers to.
    public var surroundings = LoginSurroundings()

    public init(bootstrap: [BrokerAddress]) { self.bootstrap = bootstrap }
}

/// What of the world a login may need.
public struct LoginSurroundings: Sendable {
    public var environment = Environment()
    /// The bytes of a file; nil where there is none; throws where there is one that cannot be read.
    public var file: @Sendable (String) throws -> [UInt8]? = { try ConfigurationFile.readIfThere($0) }
    /// Nil: the network, verified by the endpoint's own authorities.
    public var web: (any WebTransport)?
    /// Where tokens and keys are kept. A new one unless told otherwise: clients share those of one and the same.
    public var kept = KeptLogins()

    public init() {}
}
