public import AWSCredentials
public import Bytes

/// Who we say that we are, and how we show it.
public enum SaslLogin: Sendable, Equatable {
    /// PLAIN and SCRAM.
    case password(SaslCredentials)
    /// OAUTHBEARER (KIP-255, KIP-768).
    case bearer(BearerLogin)
    /// AWS_MSK_IAM.
    case awsIAM(AWSLogin)

    /// Kafka's name of the mechanism.
    public var mechanism: String {
        switch self {
        case .password(let credentials): credentials.mechanism.rawValue
        case .bearer: "OAUTHBEARER"
        case .awsIAM: "AWS_MSK_IAM"
        }
    }
}

/// A user, a password and the mechanism to show it by.
public struct SaslCredentials: Sendable, Equatable {
    public enum Mechanism: String, Sendable, CaseIterable {
        case plain = "PLAIN"
        case scramSHA256 = "SCRAM-SHA-256"
        case scramSHA512 = "SCRAM-SHA-512"
    }

    public var mechanism: Mechanism
    public var username: ByteString
    public var password: Secret
    /// SCRAM with a delegation token (KIP-48): the user is the token's id, the password its HMAC.
    public var isToken = false

    public init(mechanism: Mechanism, username: ByteString, password: Secret, isToken: Bool = false) {
        self.mechanism = mechanism
        self.username = username
        self.password = password
        self.isToken = isToken
    }
}

/// A bearer token, and where it comes from.
public struct BearerLogin: Sendable, Equatable {
    public enum Source: Sendable, Equatable {
        case fixed(Secret)
        /// The path of a file with nothing else in it, read anew for each authentication.
        case file(String)
        case endpoint(TokenEndpoint)
        /// A token that nobody signed, for clusters that try things out.
        case unsecured(UnsecuredClaims)
        /// MSK's variant: the token is a request signed with keys of AWS.
        case aws(AWSLogin)
    }

    public var source: Source
    /// SASL extensions (RFC 7628 section 3.1, KIP-342): names of letters, printable values.
    public var extensions: [String: String]

    public init(_ source: Source, extensions: [String: String] = [:]) {
        self.source = source
        self.extensions = extensions
    }
}

/// Where tokens are given for a client's id and secret (RFC 6749 section 4.4, client credentials).
public struct TokenEndpoint: Sendable, Hashable {
    public var url: String
    /// The URL without what may be secret: user, password, query, fragment.
    var shownURL: String {
        let bare = url.prefix { $0 != "?" && $0 != "#" }
        guard let scheme = bare.firstRange(of: "://") else { return String(bare.prefix { $0 != "@" }) }
        let rest = bare[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" }
        guard let user = authority.lastIndex(of: "@") else { return String(bare) }
        return String(bare[..<scheme.upperBound] + rest[rest.index(after: user)...])
    }

    public var clientID: String
    public var clientSecret: Secret
    public var scope: String?
    /// Whether id and secret are percent-encoded before they go into the header (RFC 6749 section 2.3.1); Kafka does not.
    public var encodesHeader = false
    /// The authorities to trust, PEM; nil: the system's.
    public var authorities: Secret?
    public var connectTimeout: Duration = .seconds(10)
    public var readTimeout: Duration = .seconds(10)
    public var retryBackoff: Duration = .milliseconds(100)
    public var retryBackoffMax: Duration = .seconds(10)

    public init(url: String, clientID: String, clientSecret: Secret, scope: String? = nil) {
        self.url = url
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.scope = scope
    }
}

/// What an unsecured token claims (RFC 7515 appendix A.5), as Kafka's `unsecuredLogin…` options say it.
public struct UnsecuredClaims: Sendable, Equatable {
    public var texts: [String: String] = [:]
    public var numbers: [String: Double] = [:]
    public var lists: [String: [String]] = [:]
    /// Seconds from its making to its end.
    public var lifetime = 3600

    public init() {}
}

/// Which keys of AWS, and for which region.
public struct AWSLogin: Sendable, Equatable {
    public var choice: AWSCredentialChoice
    /// Nil: what the broker's host name says, else `AWS_REGION`.
    public var region: String?

    public init(_ choice: AWSCredentialChoice = AWSCredentialChoice(), region: String? = nil) {
        self.choice = choice
        self.region = region
    }
}
