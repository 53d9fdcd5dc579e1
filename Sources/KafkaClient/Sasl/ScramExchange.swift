import Bytes
import Cryptography

/// SCRAM (RFC 5802, with SHA-256 as of RFC 7677), without channel binding, as Kafka uses it (KIP-84). The broker's signature
/// is verified: a broker that does not know the password's keys is not trusted.
struct ScramExchange: Equatable, Sendable {
    /// Where the exchange stands. Each state may become the next one, or the exchange fails for good.
    enum State: Equatable, Sendable {
        /// Nothing said yet.
        case fresh
        /// Our first message is out.
        case awaitingChallenge(firstBare: String)
        /// Our proof is out; the broker owes its signature.
        case awaitingSignature(expected: [UInt8])
        /// The signature was right.
        case complete
        /// Something was wrong: whatever comes now is too late.
        case failed
    }

    /// Fewer make guessing cheap; many more than the 16,384 that Kafka lets users have would let a hostile broker keep the event loop, with its
    /// timers and cancellations, for more than some tenths of a second.
    static let iterations = 4096...100_000
    /// Bytes of the longest message that is read.
    static let longestMessage = 4096

    private(set) var state = State.fresh
    private let function: HashFunction
    private let username: ByteString
    private let password: Secret
    private let nonce: String
    private let isToken: Bool
    private let iterations: ClosedRange<Int>

    /// `iterations`: what is taken of a broker; others than the default are for fuzzing, where the work would only take time.
    init(
        _ credentials: SaslCredentials, function: HashFunction, nonce: String,
        iterations: ClosedRange<Int> = Self.iterations
    ) {
        self.iterations = iterations
        self.function = function
        username = credentials.username
        password = credentials.password
        isToken = credentials.isToken
        self.nonce = nonce
    }

    mutating func begin() throws(SaslFailure) -> [UInt8] {
        guard state == .fresh else {
            state = .failed
            throw .begunTwice
        }
        // "=" and "," have a meaning in the messages (RFC 5802 section 5.1).
        let name = "\(username)".replacing("=", with: "=3D").replacing(",", with: "=2C")
        let bare = "n=\(name),r=\(nonce)" + (isToken ? ",tokenauth=true" : "")
        state = .awaitingChallenge(firstBare: bare)
        return Array("n,,\(bare)".utf8)
    }

    mutating func receive(_ message: [UInt8]) throws(SaslFailure) -> [UInt8]? {
        do throws(SaslFailure) {
            return try take(message)
        } catch {
            state = .failed
            throw error
        }
    }

    private mutating func take(_ message: [UInt8]) throws(SaslFailure) -> [UInt8]? {
        guard message.count <= Self.longestMessage else { throw malformed("has \(message.count) bytes, more than \(Self.longestMessage)") }
        guard String(validating: message, as: UTF8.self) != nil else { throw malformed("is not UTF-8") }
        switch state {
        case .awaitingChallenge(let firstBare): return try answer(message, firstBare)
        case .awaitingSignature(let expected):
            try verify(message, expected)
            state = .complete
            return nil
        case .fresh, .complete, .failed: throw .outOfTurn("SCRAM")
        }
    }

    private mutating func answer(_ message: [UInt8], _ firstBare: String) throws(SaslFailure) -> [UInt8] {
        // Extensions may follow; a mandatory one ("m=") that we do not know must end the exchange.
        let parts = Self.parts(message)
        guard parts.count >= 3, let joint = Self.value("r=", parts[0]), let salted = Self.value("s=", parts[1]),
            let counted = Self.value("i=", parts[2])
        else { throw malformed("is not r=, s=, i=") }
        guard joint.starts(with: nonce.utf8), joint.count > nonce.utf8.count else {
            throw SaslFailure(
                cause: "the broker's SCRAM nonce does not continue ours",
                hint: "Something between here and the broker may be replaying an old exchange: check the address, and use TLS.")
        }
        guard let salt = Base64.decode(String(decoding: salted, as: UTF8.self)), !salt.isEmpty else { throw malformed("has no salt") }
        let number = String(decoding: counted, as: UTF8.self)
        guard let count = Int(number), iterations.contains(count) else {
            throw SaslFailure(
                cause: "the broker asks for \(redaction.words(number, upTo: 40)) SCRAM iterations, outside "
                    + "\(iterations.lowerBound) to \(iterations.upperBound)",
                hint: "Set the user's SCRAM credential anew with an iteration count in that range.")
        }
        let keys = ScramKeys(function: function, password: ByteString(password.revealed), salt: salt, iterations: count)
        // "biws" is "n,," in base 64: no channel binding.
        let withoutProof = Array("c=biws,r=".utf8) + joint
        let authMessage = Array("\(firstBare),".utf8) + message + [UInt8(ascii: ",")] + withoutProof
        state = .awaitingSignature(expected: keys.serverSignature(authMessage: authMessage))
        return withoutProof + Array(",p=\(Base64.encode(keys.clientProof(authMessage: authMessage)))".utf8)
    }

    private func verify(_ message: [UInt8], _ expected: [UInt8]) throws(SaslFailure) {
        let first = Self.parts(message)[0]
        if let reason = Self.value("e=", first) {
            throw SaslFailure(
                cause: "the broker refused the SCRAM proof: \(redaction.words(String(decoding: reason, as: UTF8.self)))",
                hint: "Check username and password in sasl.jaas.config.")
        }
        guard let text = Self.value("v=", first), let signature = Base64.decode(String(decoding: text, as: UTF8.self)) else {
            throw malformed("has no signature")
        }
        guard equalInConstantTime(signature, expected) else {
            throw SaslFailure(
                cause: "the broker could not prove that it knows the password's keys (wrong SCRAM signature)",
                hint: "This may not be your broker: check the address and the certificate before trying the password again.")
        }
    }

    /// One at least.
    private static func parts(_ message: [UInt8]) -> [ArraySlice<UInt8>] {
        message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    }

    /// Nil where the part is another one's.
    private static func value(_ name: String, _ part: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        part.starts(with: name.utf8) ? part.dropFirst(name.utf8.count) : nil
    }

    /// What a broker may say again of what it was given.
    private var redaction: Redaction { Redaction([password.revealed]) }

    private func malformed(_ what: String) -> SaslFailure {
        SaslFailure(
            cause: "the broker's SCRAM message \(what)",
            hint: "Check that the address is a Kafka listener with this SASL mechanism enabled.")
    }
}
