import Bytes
import Cryptography
import KafkaProtocol
import Seams

/// How far one connection has come with SASL: RFC 4616 for PLAIN, RFC 5802 for SCRAM, Kafka's framing of both (KIP-43, KIP-152).
struct SaslExchange: Sendable {
    private enum Step: Sendable {
        case waiting
        case scram(ScramServer)
        case done(user: ByteString)
        case failed
    }

    let mechanism: SimulatedUser.Mechanism
    /// After a handshake of version 0 the tokens come as they are, without Kafka's header.
    let isRaw: Bool
    private var step = Step.waiting

    init(mechanism: SimulatedUser.Mechanism, isRaw: Bool) {
        self.mechanism = mechanism
        self.isRaw = isRaw
    }

    /// The user, once it has proved who it is.
    var user: ByteString? { if case .done(let user) = step { user } else { nil } }
    var hasFailed: Bool { if case .failed = step { true } else { false } }

    struct Failure: Error {
        let message: String
    }

    /// Takes the client's next token and returns the server's.
    mutating func take(_ token: [UInt8], _ credentials: Credentials, chance: any ChanceSource) throws(Failure) -> [UInt8] {
        do throws(Failure) {
            switch (step, mechanism) {
            case (.waiting, .plain):
                step = .done(user: try Self.plainUser(token, credentials))
                return []
            case (.waiting, _):
                let (server, answer) = try ScramServer.begin(token, mechanism, credentials, chance: chance)
                step = .scram(server)
                return answer
            case (.scram(let server), _):
                let answer = try server.finish(token)
                step = .done(user: server.user)
                return answer
            case (.done, _), (.failed, _):
                throw Failure(message: "SaslAuthenticate request received after successful authentication")
            }
        } catch {
            step = .failed
            throw error
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
        let nonce = clientNonce + chance.bytes(16).hex
        let serverFirst = "r=\(nonce),s=\(Base64.encode(credential.salt)),i=\(credential.iterations)"
        let server = ScramServer(
            user: user, function: mechanism == .scramSHA512 ? .sha512 : .sha256, credential: credential, nonce: nonce,
            firstBare: String(parts[2]), serverFirst: serverFirst, header: "\(parts[0]),\(parts[1]),", refusal: refusal)
        return (server, Array(serverFirst.utf8))
    }

    func finish(_ token: [UInt8]) throws(SaslExchange.Failure) -> [UInt8] {
        let text = String(decoding: token, as: UTF8.self)
        let fields = Self.attributes(text[...])
        guard let proofText = fields["p"], let proof = Base64.decode(proofText), fields["r"] == nonce,
            fields["c"] == Base64.encode(Array(header.utf8)), let end = text.firstRange(of: ",p=")
        else { throw refusal }
        let message = Array("\(firstBare),\(serverFirst),\(text[..<end.lowerBound])".utf8)
        guard ScramKeys.verify(proof: proof, storedKey: credential.storedKey, authMessage: message, function: function) else {
            throw refusal
        }
        return Array("v=\(Base64.encode(function.authenticate(message, key: credential.serverKey)))".utf8)
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
