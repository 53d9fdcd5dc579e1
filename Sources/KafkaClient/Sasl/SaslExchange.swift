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
    case single(SingleExchange)
    case scram(ScramExchange)
    case bearer(BearerExchange)

    init(_ grant: SaslGrant) {
        switch grant {
        case .password(let credentials, let nonce):
            switch credentials.mechanism {
            case .plain: self = .single(SingleExchange(.password(credentials)))
            case .scramSHA256: self = .scram(ScramExchange(credentials, function: .sha256, nonce: nonce))
            case .scramSHA512: self = .scram(ScramExchange(credentials, function: .sha512, nonce: nonce))
            }
        case .bearer(let token, let extensions): self = .bearer(BearerExchange(token: token, extensions: extensions))
        case .awsIAM(let message): self = .single(SingleExchange(.signed(message)))
        }
    }

    /// Why the broker refuses, where the mechanism let it say so before it failed.
    var refusal: String? { if case .bearer(let exchange) = self { exchange.refusal } else { nil } }

    /// The first token.
    mutating func begin() throws(SaslFailure) -> [UInt8] {
        switch self {
        case .single(var exchange):
            defer { self = .single(exchange) }
            return try exchange.begin()
        case .bearer(var exchange):
            defer { self = .bearer(exchange) }
            return try exchange.begin()
        case .scram(var exchange):
            defer { self = .scram(exchange) }
            return try exchange.begin()
        }
    }

    /// The next token, or nil when the exchange is complete and the broker, where the mechanism can show it, is the right one.
    mutating func receive(_ challenge: [UInt8]) throws(SaslFailure) -> [UInt8]? {
        switch self {
        case .single(var exchange):
            defer { self = .single(exchange) }
            try exchange.receive()
            return nil
        case .bearer(var exchange):
            defer { self = .bearer(exchange) }
            return try exchange.receive(challenge)
        case .scram(var exchange):
            defer { self = .scram(exchange) }
            return try exchange.receive(challenge)
        }
    }
}

extension SaslFailure {
    static let begunTwice = SaslFailure(
        cause: "an authentication was begun twice", hint: "This is a fault of this program: please report it.")

    /// What came when nothing was to come, in any mechanism.
    static func outOfTurn(_ mechanism: String) -> SaslFailure {
        SaslFailure(
            cause: "the broker's \(mechanism) message comes out of turn",
            hint: "Check that the address is a Kafka listener with this SASL mechanism enabled.")
    }
}
