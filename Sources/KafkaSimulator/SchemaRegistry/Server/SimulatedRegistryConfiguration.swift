/// How a simulated registry listens and whom it lets in.
public struct SimulatedRegistryConfiguration: Sendable {
    /// A server's certificate in PEM.
    public struct TLS: Sendable {
        /// The certificate, then those that vouch for it.
        public var certificateChainPEM: String
        public var privateKeyPEM: String
        /// Where set, clients must show a certificate that this authority vouches for.
        public var clientAuthorityPEM: String?

        public init(certificateChainPEM: String, privateKeyPEM: String, clientAuthorityPEM: String? = nil) {
            self.certificateChainPEM = certificateChainPEM
            self.privateKeyPEM = privateKeyPEM
            self.clientAuthorityPEM = clientAuthorityPEM
        }
    }

    public var flavour: RegistryFlavour
    /// On 127.0.0.1; 0 lets the system choose.
    public var port: Int
    public var tls: TLS?
    /// Passwords by user (HTTP basic authentication). Together with `tokens` empty: everyone is let in.
    public var users: [String: String]
    /// Bearer tokens that are let in.
    public var tokens: Set<String>
    /// How many subjects or schemas one answer lists at most (Confluent's flavour); a real one's limits are 20,000 and 1,000.
    public var longestPage: Int

    public init(
        flavour: RegistryFlavour = .confluent, port: Int = 0, tls: TLS? = nil, users: [String: String] = [:], tokens: Set<String> = [],
        longestPage: Int = .max
    ) {
        self.longestPage = longestPage
        self.flavour = flavour
        self.port = port
        self.tls = tls
        self.users = users
        self.tokens = tokens
    }
}
