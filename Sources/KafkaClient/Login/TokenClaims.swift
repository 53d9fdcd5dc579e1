import Bytes
import FoundationEssentials
import Seams

/// What is looked at inside a token. Its signature is the broker's affair.
enum TokenClaims {
    private struct Claims: Decodable {
        var exp: Double?
    }

    /// When a JSON web token ends (`exp`, RFC 7519 section 4.1.4); nil where it does not say, or is a token of another form.
    static func expiry(of token: Secret) -> Timestamp? {
        let parts = token.revealed.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let payload = Base64URL.decode(parts[1]),
            let seconds = (try? JSONDecoder().decode(Claims.self, from: Data(payload)))?.exp, (0...1e11).contains(seconds)
        else { return nil }
        return Timestamp(milliseconds: Int64(seconds * 1000))
    }
}
