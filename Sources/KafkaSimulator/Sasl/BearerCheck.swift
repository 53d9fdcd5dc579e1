import Bytes
import FoundationEssentials
import Seams

/// OAUTHBEARER's server side (RFC 7628) with Kafka's default validator: tokens that nobody signed, whose `sub` names the user and whose
/// `exp` is to come.
enum BearerCheck {
    case accepted(user: ByteString, end: Timestamp)
    /// What the client is told, JSON.
    case refused(String)

    private static let invalid = BearerCheck.refused(#"{"status":"invalid_token"}"#)

    private struct Header: Decodable {
        var alg: String
    }

    private struct Claims: Decodable {
        var sub: String
        var exp: Double
        var iat: Double?
    }

    static func check(_ message: [UInt8], now: Timestamp) throws(SaslExchange.Failure) -> BearerCheck {
        let parts = message.split(separator: 1, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        // The GS2 header, pairs, and two separators at the end.
        guard parts.count >= 4, parts[0] == "n,,", parts.suffix(2) == ["", ""],
            let field = parts[1..<(parts.count - 2)].first(where: { $0.hasPrefix("auth=") }), field.lowercased().hasPrefix("auth=bearer ")
        else { throw SaslExchange.Failure(message: "Invalid OAUTHBEARER client first message") }
        let token = field.dropFirst("auth=bearer ".count).split(separator: ".", omittingEmptySubsequences: false)
        guard token.count == 3, token[2].isEmpty, let header: Header = decode(token[0]), header.alg == "none",
            let claims: Claims = decode(token[1]), !claims.sub.isEmpty, (0...1e11).contains(claims.exp)
        else { return invalid }
        let end = Timestamp(milliseconds: Int64(claims.exp * 1000))
        guard end > now, claims.iat ?? 0 < claims.exp else { return invalid }
        return .accepted(user: ByteString(claims.sub), end: end)
    }

    private static func decode<Value: Decodable>(_ part: Substring) -> Value? {
        Base64URL.decode(part).flatMap { try? JSONDecoder().decode(Value.self, from: Data($0)) }
    }
}
