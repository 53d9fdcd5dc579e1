import Bytes
import FoundationEssentials
import Seams
import Web

/// Asks a token endpoint for a token (RFC 6749 section 4.4) as Kafka's own client does: id and secret in the header.
struct TokenRequest {
    private let endpoint: TokenEndpoint
    private let web: any WebTransport
    private let time: any TimeSource
    private let chance: any ChanceSource

    /// A token whose end nobody tells is kept this long.
    private static let unknownLife: Duration = .seconds(300)
    /// Bytes of the longest answer.
    private static let largestAnswer = 1 << 20

    init(_ endpoint: TokenEndpoint, _ web: any WebTransport, _ time: any TimeSource, _ chance: any ChanceSource) {
        self.endpoint = endpoint
        self.web = web
        self.time = time
        self.chance = chance
    }

    private struct Answer: Decodable {
        var access_token: String
        var expires_in: Double?
    }

    private struct Refusal: Decodable {
        var error: String
        var error_description: String?
    }

    /// The token, due after four fifths of its life.
    func batch() async throws(KafkaError) -> Perishable<Secret, KafkaError>.Batch {
        let body = try await ask()
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body)), !answer.access_token.isEmpty else {
            throw .noToken("the token endpoint \(endpoint.shownURL) answers without an access_token", Self.hint)
        }
        let token = Secret(answer.access_token)
        let now = time.now()
        let stated = answer.expires_in.flatMap { (1...1e9).contains($0) ? now.advanced(by: .seconds(Int64($0))) : nil }
        let expiry = TokenClaims.expiry(of: token) ?? stated
        if let expiry, expiry <= now {
            throw .noToken(
                "the token endpoint \(endpoint.shownURL) gives a token that has expired at \(expiry)", "Check the clocks of both machines.")
        }
        let life = expiry.map { $0.since(now) } ?? Self.unknownLife
        return Perishable.Batch(token, due: now.advanced(by: life * 4 / 5), expiry: expiry)
    }

    private static let hint = "Check sasl.oauthbearer.token.endpoint.url: it must be the provider's token endpoint."

    private func ask() async throws(KafkaError) -> [UInt8] {
        func part(_ text: String) -> String { endpoint.encodesHeader ? Percent.encode(text) : text }
        let who = Base64.encode(Array("\(part(endpoint.clientID)):\(part(endpoint.clientSecret.revealed))".utf8))
        var fields = [(name: "grant_type", value: "client_credentials")]
        if let scope = endpoint.scope { fields.append(("scope", scope)) }
        var request = WebRequest(
            method: "POST", url: endpoint.url,
            headers: [
                ("Authorization", "Basic \(who)"), ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
            ], body: Array(Percent.form(fields).utf8))
        request.connectTimeout = endpoint.connectTimeout
        request.timeout = endpoint.readTimeout
        request.largestAnswer = Self.largestAnswer
        let answer: WebAnswer
        do throws(WebFailure) {
            answer = try await WebRetry(attempts: 4, firstPause: endpoint.retryBackoff, longestPause: endpoint.retryBackoffMax)
                .send(request, by: web, time, chance)
        } catch {
            throw .noToken("the token endpoint \(endpoint.shownURL) gives no answer: \(error.reason)", Self.hint)
        }
        guard answer.isSuccess else { throw refused(answer) }
        return answer.body
    }

    private func refused(_ answer: WebAnswer) -> KafkaError {
        // The provider's words (RFC 6749 section 5.2) say most, and hold no secret.
        let words = (try? JSONDecoder().decode(Refusal.self, from: Data(answer.body))).map { refusal in
            ": \(refusal.error.prefix(100))" + (refusal.error_description.map { " (\($0.prefix(300)))" } ?? "")
        }
        return .noToken(
            "the token endpoint \(endpoint.shownURL) answers \(answer.status)\(words ?? "")",
            answer.status == 400 || answer.status == 401
                ? "Check clientId, clientSecret and scope (sasl.oauthbearer.client.credentials.*, sasl.oauthbearer.scope)." : Self.hint)
    }
}
