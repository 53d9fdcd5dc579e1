import Bytes
import FoundationEssentials
import Seams

/// Tokens that nobody signed (`alg` is `none`), as Kafka's default handler makes them and its default validator takes them.
enum UnsecuredToken {
    private enum Claim: Encodable {
        case text(String)
        case number(Double)
        case list([String])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            case .list(let list): try container.encode(list)
            }
        }
    }

    static func make(_ claims: UnsecuredClaims, at now: Timestamp) -> Secret {
        let seconds = Double(now.milliseconds) / 1000
        var all: [String: Claim] = ["iat": .number(seconds), "exp": .number(seconds + Double(claims.lifetime))]
        all.merge(claims.texts.mapValues { .text($0) }) { $1 }
        all.merge(claims.numbers.mapValues { .number($0) }) { $1 }
        all.merge(claims.lists.mapValues { .list($0) }) { $1 }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Texts, finite numbers and lists of texts always have a JSON form.
        let payload = (try? encoder.encode(all)).map { [UInt8]($0) } ?? []
        return Secret("\(Base64URL.encode(Array(#"{"alg":"none"}"#.utf8))).\(Base64URL.encode(payload)).")
    }
}
