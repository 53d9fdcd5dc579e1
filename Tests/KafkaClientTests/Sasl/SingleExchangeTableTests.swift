import Bytes
import Testing

@testable import KafkaClient

/// PLAIN and AWS_MSK_IAM: every state against its beginning and the broker's consent. What the broker says with it matters to neither.
@Suite struct SingleExchangeTableTests {
    static let messages: [SingleExchange.Message] = [
        .password(SaslCredentials(mechanism: .plain, username: "user", password: Secret("pencil"))),
        .signed(Secret(#"{"version":"2020_10_22"}"#)),
    ]

    static let begunOnce = ScramExchangeTableTests.begunOnce

    static let table: [(state: String, begin: TableCell, consent: TableCell)] = [
        // We speak first: whatever comes before is out of turn.
        ("fresh", .does("awaitingConsent"), .does("failed")),
        ("awaitingConsent", begunOnce, .does("complete: done")),
        // The broker has consented; it has nothing more to say.
        ("complete", begunOnce, .does("failed")),
        ("failed", begunOnce, .does("failed")),
    ]

    private static func exchange(in state: String, _ message: SingleExchange.Message) throws -> SingleExchange {
        var exchange = SingleExchange(message)
        if state == "fresh" { return exchange }
        if state == "failed" {
            #expect(throws: SaslFailure.self) { try exchange.receive() }
            return exchange
        }
        _ = try exchange.begin()
        if state == "complete" { try exchange.receive() }
        return exchange
    }

    @Test(arguments: table.map(\.state), messages.indices) func everyEventHasItsReaction(state: String, message: Int) throws {
        let row = try #require(Self.table.first { $0.state == state })
        let secret = Secret(message == 0 ? "pencil" : "2020_10_22")
        for event in ["begin", "consent"] {
            var exchange = try Self.exchange(in: state, Self.messages[message])
            #expect(exchange.state.name == state)
            let reaction = SaslReaction(secret: secret) { () throws(SaslFailure) in
                if event == "begin" { return try exchange.begin() }
                try exchange.receive()
                return nil
            }
            if event == "begin", state == "fresh" {
                #expect(exchange.state == .awaitingConsent)
                #expect(
                    reaction.token == (message == 0 ? Array("\u{0}user\u{0}pencil".utf8) : Array(#"{"version":"2020_10_22"}"#.utf8)))
            } else {
                reaction.check(event == "begin" ? row.begin : row.consent, after: exchange.state.name, "\(state) × \(event)")
            }
        }
    }

    @Test func theMessageIsThatOfRFC4616() throws {
        var exchange = SingleExchange(
            .password(SaslCredentials(mechanism: .plain, username: "tim", password: Secret("tanstaaftanstaaf"))))
        #expect(try exchange.begin() == Array("\u{0}tim\u{0}tanstaaftanstaaf".utf8))
    }

    @Test(arguments: [("", "p"), ("u", ""), ("u\u{0}x", "p"), ("u", "p\u{0}")])
    func plainRefusesWhatItCannotCarry(username: String, password: String) {
        var exchange = SingleExchange(
            .password(SaslCredentials(mechanism: .plain, username: ByteString(username), password: Secret(password))))
        #expect(throws: SaslFailure.self) { try exchange.begin() }
        #expect(exchange.state == .failed)
    }

    /// Whatever bytes come with a broker's consent, it is consent.
    @Test(arguments: messages.indices, [[], [0xFF], Array("hello".utf8)])
    func consentIsConsentWhateverIsSaidWithIt(message: Int, bytes: [UInt8]) throws {
        var exchange = SaslExchange.single(SingleExchange(Self.messages[message]))
        _ = try exchange.begin()
        #expect(try exchange.receive(bytes) == nil)
        #expect(throws: SaslFailure.self) { try exchange.receive(bytes) }
    }
}

extension SingleExchange.State {
    fileprivate var name: String {
        switch self {
        case .fresh: "fresh"
        case .awaitingConsent: "awaitingConsent"
        case .complete: "complete"
        case .failed: "failed"
        }
    }
}
