import Bytes
import Cryptography
import KafkaProtocol
import Seams

/// How far one connection has come with SASL: RFC 4616 for PLAIN, RFC 5802 for SCRAM, Kafka's framing of both (KIP-43, KIP-152).
struct SaslExchange: Sendable {
    private enum Step: Sendable {
        case waiting
        case scram(ScramServer)
        /// The token is refused; the client has to acknowledge the reason before the exchange fails.
        case refused(String)
        case done(user: ByteString)
        case failed
    }

    /// Who the connection belonged to before it authenticated anew (KIP-368): neither may change.
    struct Former: Sendable {
        var mechanism: SaslMechanism
        var user: ByteString
    }

    let mechanism: SaslMechanism
    /// After a handshake of version 0 the tokens come as they are, without Kafka's header.
    let isRaw: Bool
    /// Uptime: when the user proved who it is, and until when that counts.
    var since: Duration = .zero
    var sessionEnd: Duration?
    /// When the credential itself ends, where it does.
    private(set) var credentialEnd: Timestamp?
    private let former: Former?
    private var step = Step.waiting

    init(mechanism: SaslMechanism, isRaw: Bool, former: Former? = nil) {
        self.mechanism = mechanism
        self.isRaw = isRaw
        self.former = former
    }

    /// The user, once it has proved who it is.
    var user: ByteString? { if case .done(let user) = step { user } else { nil } }
    var hasFailed: Bool { if case .failed = step { true } else { false } }

    struct Failure: Error {
        let message: String
    }

    /// Takes the client's next token and returns the server's. `host`: as the broker advertises itself.
    mutating func take(
        _ token: [UInt8], _ credentials: Credentials, host: ByteString, now: Timestamp, chance: any ChanceSource
    ) throws(Failure) -> [UInt8] {
        do throws(Failure) {
            if let former, former.mechanism != mechanism {
                throw Failure(
                    message:
                        "Cannot change mechanisms during re-authentication from '\(former.mechanism.rawValue)' to '\(mechanism.rawValue)'")
            }
            let answer = try answer(token, credentials, host: host, now: now, chance: chance)
            if let user, let former, former.user != user {
                throw Failure(message: "Cannot change principals during re-authentication from User.\(former.user): User.\(user)")
            }
            return answer
        } catch {
            step = .failed
            throw error
        }
    }

    private mutating func answer(
        _ token: [UInt8], _ credentials: Credentials, host: ByteString, now: Timestamp, chance: any ChanceSource
    ) throws(Failure) -> [UInt8] {
        switch (step, mechanism) {
        case (.waiting, .plain):
            step = .done(user: try Self.plainUser(token, credentials))
            return []
        case (.waiting, .oauthBearer):
            switch try BearerCheck.check(token, now: now) {
            case .accepted(let user, let end):
                credentialEnd = end
                step = .done(user: user)
                return []
            case .refused(let reason):
                step = .refused(reason)
                return Array(reason.utf8)
            }
        case (.waiting, .awsMskIam):
            step = .done(user: try SignatureCheck.user(token, credentials.awsKeys, host: host, now: now))
            return Array(#"{"version":"2020_10_22","request-id":"\#(chance.bytes(8).hex)"}"#.utf8)
        case (.waiting, .scramSHA256), (.waiting, .scramSHA512):
            let (server, answer) = try ScramServer.begin(
                token, mechanism == .scramSHA512 ? .scramSHA512 : .scramSHA256, credentials, chance: chance)
            step = .scram(server)
            return answer
        case (.scram(let server), _):
            let answer = try server.finish(token)
            step = .done(user: server.user)
            return answer
        case (.refused(let reason), _): throw Failure(message: reason)
        case (.done, _), (.failed, _):
            throw Failure(message: "SaslAuthenticate request received after successful authentication")
        }
    }

    private static func plainUser(_ token: [UInt8], _ credentials: Credentials) throws(Failure) -> ByteString {
        let parts = token.split(separator: 0, omittingEmptySubsequences: false).map { ByteString(bytes: $0) }
        guard parts.count == 3, parts[0].isEmpty || parts[0] == parts[1] else {
            throw Failure(message: "Invalid SASL/PLAIN response: expected 3 tokens, got \(parts.count)")
        }
        guard credentials.accepts(parts[1], password: parts[2]) else {
            throw Failure(message: "Authentication failed: Invalid username or password")
        }
        return parts[1]
    }
}

/// The server's side of one SCRAM exchange, after the client's first message.
struct ScramServer: Sendable {
    let user: ByteString
    private let function: HashFunction
    private let credential: Credentials.Scram
    private let nonce: String
    private let nonceRule: ScramNonceRule
    private let firstBare: String
    private let serverFirst: String
    private let header: String
    private let refusal: SaslExchange.Failure

    static func begin(
        _ token: [UInt8], _ mechanism: SimulatedUser.Mechanism, _ credentials: Credentials, chance: any ChanceSource
    ) throws(SaslExchange.Failure) -> (ScramServer, answer: [UInt8]) {
        let refusal = SaslExchange.Failure(
            message: "Authentication failed during authentication due to invalid credentials with SASL mechanism \(mechanism.rawValue)")
        let parts = String(decoding: token, as: UTF8.self).split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "n" else { throw refusal }
        let fields = attributes(parts[2])
        guard let name = fields["n"], let clientNonce = fields["r"], !clientNonce.isEmpty else { throw refusal }
        let user = ByteString(name.replacing("=2C", with: ",").replacing("=3D", with: "="))
        guard let credential = credentials.scram[mechanism]?[user] else { throw refusal }
        let nonce = clientNonce + Self.nonce(chance.bytes(Self.nonceBytes))
        let serverFirst = "r=\(nonce),s=\(Base64.encode(credential.salt)),i=\(credential.iterations)"
        let server = ScramServer(
            user: user, function: mechanism == .scramSHA512 ? .sha512 : .sha256, credential: credential, nonce: nonce,
            nonceRule: credentials.nonceRule,
            firstBare: String(parts[2]), serverFirst: serverFirst, header: "\(parts[0]),\(parts[1]),", refusal: refusal)
        return (server, Array(serverFirst.utf8))
    }

    func finish(_ token: [UInt8]) throws(SaslExchange.Failure) -> [UInt8] {
        let text = String(decoding: token, as: UTF8.self)
        let fields = Self.attributes(text[...])
        guard let proofText = fields["p"], let proof = Base64.decode(proofText), nonceRule.accepts(fields["r"], for: nonce),
            fields["c"] == Base64.encode(Array(header.utf8)), let end = text.firstRange(of: ",p=")
        else { throw refusal }
        let message = Array("\(firstBare),\(serverFirst),\(text[..<end.lowerBound])".utf8)
        guard ScramKeys.verify(proof: proof, storedKey: credential.storedKey, authMessage: message, function: function) else {
            throw refusal
        }
        return Array("v=\(Base64.encode(function.authenticate(message, key: credential.serverKey)))".utf8)
    }

    static let nonceBytes = 17

    /// Of ``nonceBytes`` random bytes, most significant first, the number of their last 130 bits in base 36, as brokers write it.
    static func nonce(_ random: [UInt8]) -> String {
        var number = random
        number[0] &= 0b11
        var digits: [UInt8] = []
        while number.contains(where: { $0 != 0 }) {
            var rest = 0
            for index in number.indices {
                let value = rest << 8 | Int(number[index])
                number[index] = UInt8(value / 36)
                rest = value % 36
            }
            digits.append(Array("0123456789abcdefghijklmnopqrstuvwxyz".utf8)[rest])
        }
        return digits.isEmpty ? "0" : String(decoding: digits.reversed(), as: UTF8.self)
    }

    private static func attributes(_ text: Substring) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2, fields[String(pair[0])] == nil { fields[String(pair[0])] = String(pair[1]) }
        }
        return fields
    }
}
