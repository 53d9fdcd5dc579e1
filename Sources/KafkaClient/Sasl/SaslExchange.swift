import Bytes
import Cryptography

/// Why an exchange of SASL failed on our side of it.
struct SaslFailure: Error, Equatable {
    /// Lower case, without a full stop, without a secret.
    var cause: String
    var hint: String
}

/// One authentication: what we say, given what the broker said. A value; the connection carries the tokens.
enum SaslExchange: Equatable, Sendable {
    case plain(PlainExchange)
    case scram(ScramExchange)
    case bearer(BearerExchange)
    case signed(SignedExchange)

    init(_ grant: SaslGrant) {
        switch grant {
        case .password(let credentials, let nonce):
            switch credentials.mechanism {
            case .plain: self = .plain(PlainExchange(credentials))
            case .scramSHA256: self = .scram(ScramExchange(credentials, function: .sha256, nonce: nonce))
            case .scramSHA512: self = .scram(ScramExchange(credentials, function: .sha512, nonce: nonce))
            }
        case .bearer(let token, let extensions): self = .bearer(BearerExchange(token: token, extensions: extensions))
        case .awsIAM(let message): self = .signed(SignedExchange(message: message))
        }
    }

    /// Why the broker refuses, where the mechanism let it say so before it failed.
    var refusal: String? { if case .bearer(let exchange) = self { exchange.refusal } else { nil } }

    /// The first token.
    mutating func begin() throws(SaslFailure) -> [UInt8] {
        switch self {
        case .plain(let exchange): return try exchange.token()
        case .bearer(let exchange): return try exchange.begin()
        case .signed(let exchange): return Array(exchange.message.revealed.utf8)
        case .scram(var exchange):
            let token = exchange.begin()
            self = .scram(exchange)
            return token
        }
    }

    /// The next token, or nil when the exchange is complete and the broker, where the mechanism can show it, is the right one.
    mutating func receive(_ challenge: [UInt8]) throws(SaslFailure) -> [UInt8]? {
        switch self {
        case .plain, .signed: return nil
        case .bearer(var exchange):
            let token = try exchange.receive(challenge)
            self = .bearer(exchange)
            return token
        case .scram(var exchange):
            let token = try exchange.receive(challenge)
            self = .scram(exchange)
            return token
        }
    }
}

/// PLAIN (RFC 4616): one token, no proof by the broker.
struct PlainExchange: Equatable, Sendable {
    let username: ByteString
    let password: Secret

    init(_ credentials: SaslCredentials) {
        username = credentials.username
        password = credentials.password
    }

    func token() throws(SaslFailure) -> [UInt8] {
        let secret = Array(password.revealed.utf8)
        guard !username.isEmpty, !secret.isEmpty, !username.bytes.contains(0), !secret.contains(0) else {
            throw SaslFailure(
                cause: "PLAIN can carry neither an empty user name or password nor a NUL byte in them",
                hint: "Check username and password in sasl.jaas.config.")
        }
        return [0] + username.bytes + [0] + secret
    }
}
