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

    /// Each member by itself: what one of no use is like is the provider's affair.
    private struct Answer: Decodable {
        /// `access_token`; where there is none, Kafka's client takes `id_token` (DefaultJwtRetriever of Kafka 4.1).
        let token: String?
        /// In seconds, also where it is a text, as some providers write it.
        let life: Double?

        private enum Member: String, CodingKey { case access_token, id_token, expires_in }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Member.self)
            func text(_ member: Member) -> String? {
                (try? members.decode(String.self, forKey: member)).flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
            }
            token = text(.access_token) ?? text(.id_token)
            life = (try? members.decode(Double.self, forKey: .expires_in)) ?? text(.expires_in).flatMap { Double($0) }
        }
    }

    private struct Refusal: Decodable {
        let error: String?
        let description: String?

        private enum Member: String, CodingKey { case error, error_description }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: Member.self)
            error = try? members.decode(String.self, forKey: .error)
            description = try? members.decode(String.self, forKey: .error_description)
        }
    }

    /// The token, due after four fifths of its life.
    func batch() async throws(KafkaError) -> Perishable<Secret, KafkaError>.Batch {
        let body = try await ask()
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(body))
        guard let text = answer?.token else {
            throw .noToken("the token endpoint \(endpoint.shownURL) answers without an access_token", Self.hint)
        }
        let token = Secret(text)
        let now = time.now()
        let stated = answer?.life.flatMap { (1...1e9).contains($0) ? now.advanced(by: .seconds(Int64($0))) : nil }
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
            throw .noToken(
                "the token endpoint \(endpoint.shownURL) gives no answer: \(endpoint.redaction.words(error.reason))", Self.hint,
                isPassing: error.isTransient)
        }
        guard answer.isSuccess else { throw refused(answer) }
        return answer.body
    }

    private func refused(_ answer: WebAnswer) -> KafkaError {
        // The provider's words (RFC 6749 section 5.2) say most. Some repeat what they were sent, secrets included.
        let redaction = endpoint.redaction
        let refusal = try? JSONDecoder().decode(Refusal.self, from: Data(answer.body))
        let words = refusal?.error.map { error in
            ": \(redaction.words(error, upTo: 100))" + (refusal?.description.map { " (\(redaction.words($0)))" } ?? "")
        }
        return .noToken(
            "the token endpoint \(endpoint.shownURL) answers \(answer.status)\(words ?? "")",
            answer.status == 400 || answer.status == 401
                ? "Check clientId, clientSecret and scope (sasl.oauthbearer.client.credentials.*, sasl.oauthbearer.scope)."
                : answer.isTransient ? "The provider has trouble of its own: look there, and try again later." : Self.hint,
            isPassing: answer.isTransient)
    }
}
