import Seams
import Testing

@testable import KafkaClient

@Suite struct BearerExchangeTests {
    @Test func theMessageIsRFC7628sByteByByte() throws {
        var bare = BearerExchange(token: Secret("vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="), extensions: [:])
        #expect(
            String(decoding: try bare.begin(), as: UTF8.self)
                == "n,,\u{1}auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\u{1}\u{1}")
        var extended = BearerExchange(token: Secret("t"), extensions: ["b": "2", "a": "1 x"])
        #expect(String(decoding: try extended.begin(), as: UTF8.self) == "n,,\u{1}auth=Bearer t\u{1}a=1 x\u{1}b=2\u{1}\u{1}")
    }

    @Test(arguments: ["", "a b", "a\u{1}b", "tökén", "t\n"]) func whatIsNoTokenIsNotSent(text: String) {
        var exchange = BearerExchange(token: Secret(text), extensions: [:])
        #expect { try exchange.begin() } throws: {
            ($0 as? SaslFailure)?.cause.contains("bearer token") == true && (text.isEmpty || !"\($0)".contains(text))
        }
    }

    private func spoken() throws -> BearerExchange {
        var exchange = BearerExchange(token: Secret("t"), extensions: [:])
        _ = try exchange.begin()
        return exchange
    }

    @Test func aRefusalIsAcknowledgedOnceAndReadable() throws {
        var exchange = try spoken()
        #expect(try exchange.receive(Array(#"{"status":"invalid_token"}"#.utf8)) == [1])
        #expect(exchange.refusal == "invalid_token")
        #expect(throws: SaslFailure.self) { try exchange.receive([1]) }
        var odd = try spoken()
        #expect(try odd.receive([0xFF]) == [1])
        #expect(odd.refusal == "without a readable reason")
        var content = try spoken()
        #expect(try content.receive([]) == nil)
        #expect(content.refusal == nil)
    }

    /// A broker that first refuses and then is content contradicts itself.
    @Test func aRefusalIsNotTakenBack() throws {
        var exchange = try spoken()
        _ = try exchange.receive(Array(#"{"status":"invalid_token"}"#.utf8))
        #expect(throws: SaslFailure.self) { try exchange.receive([]) }
        #expect(exchange.state == .failed)
    }

    @Test func anUnsecuredTokenIsAsKafkasOwnHandlerMakesIt() throws {
        var claims = UnsecuredClaims()
        claims.texts = ["sub": "al\"ice"]
        claims.lists = ["scope": ["a"]]
        claims.lifetime = 60
        let token = UnsecuredToken.make(claims, at: Timestamp(milliseconds: 1_000_500)).revealed
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        #expect(parts.count == 3 && parts[2].isEmpty)
        #expect(parts[0] == "eyJhbGciOiJub25lIn0")
        #expect(TokenClaims.expiry(of: Secret(token)) == Timestamp(milliseconds: 1_060_500))
        #expect(TokenClaims.expiry(of: Secret("opaque")) == nil)
        #expect(TokenClaims.expiry(of: Secret("a.b.c")) == nil)
    }
}
