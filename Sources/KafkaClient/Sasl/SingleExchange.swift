import Bytes

/// PLAIN (RFC 4616) and AWS_MSK_IAM: we say one thing, and the broker is content. It proves nothing, so whatever it says then means that (PLAIN:
/// nothing; IAM: a version and an id for its log); a refusal comes as an error code of its answer, not as a message.
struct SingleExchange: Equatable, Sendable {
    enum Message: Equatable, Sendable {
        case password(SaslCredentials)
        /// Signed beforehand, as it is sent.
        case signed(Secret)
    }

    /// Where the exchange stands. Each state may become the next one, or the exchange fails for good.
    enum State: Equatable, Sendable {
        /// Nothing said yet.
        case fresh
        /// Our message is out.
        case awaitingConsent
        /// The broker has consented.
        case complete
        /// Our message cannot be said, or the broker spoke out of turn.
        case failed
    }

    private(set) var state = State.fresh
    private let message: Message

    init(_ message: Message) { self.message = message }

    mutating func begin() throws(SaslFailure) -> [UInt8] {
        let isFirst = state == .fresh
        state = .failed
        guard isFirst else { throw .begunTwice }
        let bytes: [UInt8]
        switch message {
        case .password(let credentials): bytes = try credentials.plainMessage()
        case .signed(let secret): bytes = Array(secret.revealed.utf8)
        }
        state = .awaitingConsent
        return bytes
    }

    /// The broker has answered without an error.
    mutating func receive() throws(SaslFailure) {
        guard state == .awaitingConsent else {
            state = .failed
            throw .outOfTurn(mechanism)
        }
        state = .complete
    }

    private var mechanism: String {
        switch message {
        case .password: "PLAIN"
        case .signed: "AWS_MSK_IAM"
        }
    }
}

extension SaslCredentials {
    fileprivate func plainMessage() throws(SaslFailure) -> [UInt8] {
        let secret = Array(password.revealed.utf8)
        guard !username.isEmpty, !secret.isEmpty, !username.bytes.contains(0), !secret.contains(0) else {
            throw SaslFailure(
                cause: "PLAIN can carry neither an empty user name or password nor a NUL byte in them",
                hint: "Check username and password in sasl.jaas.config.")
        }
        return [0] + username.bytes + [0] + secret
    }
}
