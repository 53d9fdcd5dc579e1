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

    /// For what a broker says to it.
    var redaction: Redaction {
        switch self {
        case .password(let credentials, _): credentials.redaction
        case .bearer(let token, _): .of(token: token)
        // JSON: what is secret in it stands in quotes, and is long.
        case .awsIAM(let message):
            Redaction([message.revealed] + message.revealed.split(separator: "\"").filter { $0.utf8.count >= 32 }.map(String.init))
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

extension SaslCredentials {
    var redaction: Redaction {
        // As PLAIN sends them.
        Redaction([password.revealed, "\u{0}\(username)\u{0}\(password.revealed)"])
    }
}

extension Redaction {
    /// A token's last part is its signature, or for one of another form the token.
    static func of(token: Secret) -> Redaction {
        Redaction([token.revealed, token.revealed.split(separator: ".").last.map(String.init) ?? ""])
    }
}

extension SaslLogin {
    /// What the configuration itself holds that must not be told. Tokens and keys that others give are the grant's.
    var redaction: Redaction {
        switch self {
        case .password(let credentials): return credentials.redaction
        case .bearer(let login):
            switch login.source {
            case .fixed(let token): return .of(token: token)
            case .endpoint(let endpoint): return endpoint.redaction
            case .file, .unsecured, .aws: return Redaction([])
            }
        case .awsIAM: return Redaction([])
        }
    }
}

extension TokenEndpoint {
    /// Its own secrets, as they go over the wire: in the header, and in the URL's query.
    var redaction: Redaction {
        let secret = clientSecret.revealed
        let encoded = "\(Percent.encode(clientID)):\(Percent.encode(secret))"
        let query = url.drop { $0 != "?" && $0 != "#" }.dropFirst()
        let values = query.split(whereSeparator: { $0 == "&" || $0 == "#" }).map { part in
            part.firstIndex(of: "=").map { String(part[part.index(after: $0)...]) } ?? String(part)
        }
        return Redaction([secret, "\(clientID):\(secret)", encoded, String(query)] + values)
    }
}
