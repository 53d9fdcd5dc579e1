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
    /// Subjects that a user may not touch, by user: each call that names one is answered with 403, while listings go on showing
    /// it. Of the other users nothing is hidden.
    public var hiddenSubjects: [String: Set<String>] = [:]
    /// How much a listing gives at once (Confluent only).
    public var pages = RegistryPages()
    /// Whether it keeps the rules of schemas (Confluent only, whose community edition drops them).
    public var keepsRuleSets = false

    public init(
        flavour: RegistryFlavour = .confluent, port: Int = 0, tls: TLS? = nil, users: [String: String] = [:], tokens: Set<String> = []
    ) {
        self.flavour = flavour
        self.port = port
        self.tls = tls
        self.users = users
        self.tokens = tokens
    }
}
