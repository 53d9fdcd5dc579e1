import Bytes

/// All that one authentication needs, at hand: what a ``SaslLogin`` comes to for one connection at one moment.
enum SaslGrant: Equatable, Sendable {
    /// `nonce` must be new and unpredictable, printable ASCII without a comma (RFC 5802 section 5.1).
    case password(SaslCredentials, nonce: String)
    /// The token, and the extensions that go with it.
    case bearer(Secret, extensions: [String: String])
    /// The signed message of AWS_MSK_IAM.
    case awsIAM(Secret)

    var mechanism: String {
        switch self {
        case .password(let credentials, _): credentials.mechanism.rawValue
        case .bearer: "OAUTHBEARER"
        case .awsIAM: "AWS_MSK_IAM"
        }
    }

    /// Who is refused, and what to look at, where the broker says no.
    var refused: (what: String, hint: String) {
        switch self {
        case .password(let credentials, _):
            (
                "the user \(credentials.username)",
                "Check username, password and sasl.mechanism; with SCRAM the user must have a credential for this very mechanism."
            )
        case .bearer:
            ("the token", "Check the token's issuer, audience, scope and times against the broker's sasl.oauthbearer.expected.* settings.")
        case .awsIAM:
            ("the signed token", "Check the keys of AWS, the region, the clock of this machine, and the right kafka-cluster:Connect.")
        }
    }
}
