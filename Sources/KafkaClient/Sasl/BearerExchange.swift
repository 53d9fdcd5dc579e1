import Bytes
import FoundationEssentials

/// OAUTHBEARER (RFC 7628) as Kafka speaks it (KIP-255): one message with the token; a broker that refuses it says why in JSON,
/// wants an acknowledgement, and then fails the exchange.
struct BearerExchange: Equatable, Sendable {
    /// Where the exchange stands. Each state may become a later one.
    enum State: Equatable, Sendable {
        /// Nothing said yet.
        case fresh
        /// The token is out. Becomes refused, complete or failed.
        case awaitingVerdict
        /// The broker has said why not, and we have acknowledged it: now it fails its answer. Becomes failed.
        case refused(reason: String)
        /// The broker is content.
        case complete
        /// Something was wrong: whatever comes now is too late.
        case failed
    }

    /// Bytes of the longest reason that is read.
    private static let longestReason = 4096

    private(set) var state = State.fresh
    private let token: Secret
    private let extensions: [String: String]

    init(token: Secret, extensions: [String: String]) {
        self.token = token
        self.extensions = extensions
    }

    /// The broker's reason, once it has given one.
    var refusal: String? { if case .refused(let reason) = state { reason } else { nil } }

    mutating func begin() throws(SaslFailure) -> [UInt8] {
        let isFirst = state == .fresh
        state = .failed
        guard isFirst else { throw .begunTwice }
        // The separators of the message are U+0001; what RFC 6750 allows in a token is far from it.
        guard !token.revealed.isEmpty, token.revealed.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw SaslFailure(
                cause: "the bearer token is empty, or has characters that no token has",
                hint: "Check where it comes from: it must be the token alone, such as eyJhbGciOi….")
        }
        let pairs = extensions.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\u{1}" }.joined()
        state = .awaitingVerdict
        return Array("n,,\u{1}auth=Bearer \(token.revealed)\u{1}\(pairs)\u{1}".utf8)
    }

    /// Nil where the broker is content.
    mutating func receive(_ message: [UInt8]) throws(SaslFailure) -> [UInt8]? {
        switch state {
        case .awaitingVerdict where message.isEmpty:
            state = .complete
            return nil
        case .awaitingVerdict:
            state = .refused(reason: reason(message))
            return [1]
        case .refused:
            state = .failed
            throw SaslFailure(
                cause: "the broker goes on with OAUTHBEARER after it refused the token",
                hint: "Check that the address is a Kafka listener's.")
        case .fresh, .complete, .failed:
            state = .failed
            throw .outOfTurn("OAUTHBEARER")
        }
    }

    private struct Status: Decodable {
        var status: String?
        var scope: String?
    }

    /// The broker's JSON as words.
    private func reason(_ message: [UInt8]) -> String {
        guard message.count <= Self.longestReason, let said = try? JSONDecoder().decode(Status.self, from: Data(message)),
            let status = said.status
        else {
            return "without a readable reason"
        }
        let redaction = Redaction.of(token: token)
        return redaction.words(status, upTo: 200) + (said.scope.map { ", scope wanted: \(redaction.words($0, upTo: 200))" } ?? "")
    }
}
