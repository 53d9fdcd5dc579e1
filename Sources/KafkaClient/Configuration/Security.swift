/// How connections are protected and who we are.
public struct Security: Sendable, Equatable {
    /// Nil: no TLS.
    public var tls: TLS?
    /// Nil: no authentication by SASL (mutual TLS may still authenticate).
    public var sasl: SaslLogin?

    public init(tls: TLS? = nil, sasl: SaslLogin? = nil) {
        self.tls = tls
        self.sasl = sasl
    }

    public static let plaintext = Security()

    /// Kafka's name for the combination: `PLAINTEXT`, `SSL`, `SASL_PLAINTEXT`, `SASL_SSL`.
    public var protocolName: String {
        switch (tls != nil, sasl != nil) {
        case (false, false): "PLAINTEXT"
        case (true, false): "SSL"
        case (false, true): "SASL_PLAINTEXT"
        case (true, true): "SASL_SSL"
        }
    }
}

/// TLS as `ssl.*` keys set it. Certificates and keys are PEM.
public struct TLS: Sendable, Equatable {
    /// The authorities to trust, PEM, one or more certificates; nil: the system's.
    public var trustedCertificates: Secret?
    /// Our certificate and its chain, PEM; nil: none is presented.
    public var certificateChain: Secret?
    /// The certificate's private key, PEM.
    public var privateKey: Secret?
    /// What the private key is encrypted with, where it is.
    public var privateKeyPassword: Secret?
    /// Whether the certificate must name the host that was connected to. Off only where
    /// `ssl.endpoint.identification.algorithm` is set to nothing.
    public var verifiesHostname = true
    public enum Version: String, Sendable, CaseIterable { case v12 = "TLSv1.2", v13 = "TLSv1.3" }
    /// Which versions may be spoken; at least one.
    public var versions: Set<Version> = [.v12, .v13]

    public init() {}
}
