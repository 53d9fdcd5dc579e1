import AWSCredentials

/// What one authentication takes, and what was kept for later that it was made of.
struct LoginGrant: Sendable, Equatable {
    enum Origin: Sendable, Equatable {
        /// The configuration itself, or a file that is read each time.
        case given
        /// A token of an endpoint.
        case token(Secret)
        case keys(AWSKeys)
    }

    var sasl: SaslGrant
    var origin = Origin.given
}
