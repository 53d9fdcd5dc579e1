import Bytes
import Cryptography
import Testing

@testable import KafkaClient

/// Authentication: every state of every exchange against every kind of message that a broker can send.
@Suite struct SaslExchangeTableTests {
    static let wrong = "v=" + Base64.encode([UInt8](repeating: 7, count: 32))

    /// What may come, by kind.
    static let messages: [(kind: String, bytes: [UInt8])] = [
        ("empty", []),
        ("not UTF-8", [0xFF, 0xFE]),
        ("garbage", Array("hello".utf8)),
        ("challenge", Array(ScramExchangeTests.challenge.utf8)),
        ("foreign challenge", Array("r=somebodyElse,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096".utf8)),
        ("extension", Array(("m=ext," + ScramExchangeTests.challenge).utf8)),
        ("refusal", Array("e=invalid-proof".utf8)),
        ("wrong signature", Array(wrong.utf8)),
        ("signature", Array(ScramExchangeTests.signature.utf8)),
    ]

    /// A failure ends the exchange: nothing that comes after it is taken.
    static let table: [(state: String, reactions: [String: String])] = [
        // We speak first: whatever comes before is out of turn.
        ("fresh", all("failed")),
        ("awaitingChallenge", all("failed").merging(["challenge": "awaitingSignature: proof"]) { $1 }),
        // A second challenge is no signature.
        ("awaitingSignature", all("failed").merging(["signature": "complete: done"]) { $1 }),
        // The broker has shown who it is; it has nothing more to say.
        ("complete", all("failed")),
        ("failed", all("failed")),
    ]

    private static func all(_ reaction: String) -> [String: String] {
        Dictionary(uniqueKeysWithValues: messages.map { ($0.kind, reaction) })
    }

    private static func exchange(in state: String) throws -> ScramExchange {
        var exchange = ScramExchange(ScramExchangeTests.credentials, function: .sha256, nonce: ScramExchangeTests.nonce)
        if state == "fresh" { return exchange }
        _ = exchange.begin()
        if state == "awaitingChallenge" { return exchange }
        if state == "failed" {
            #expect(throws: SaslFailure.self) { try exchange.receive([]) }
            return exchange
        }
        _ = try exchange.receive(Array(ScramExchangeTests.challenge.utf8))
        if state == "complete" { _ = try exchange.receive(Array(ScramExchangeTests.signature.utf8)) }
        return exchange
    }

    @Test(arguments: table.map(\.state)) func everyMessageHasItsReaction(state: String) throws {
        let reactions = try #require(Self.table.first { $0.state == state }?.reactions)
        #expect(reactions.count == Self.messages.count)
        for (kind, bytes) in Self.messages {
            var exchange = try Self.exchange(in: state)
            #expect(exchange.state.name == state)
            let reaction: String
            do throws(SaslFailure) {
                let token = try exchange.receive(bytes)
                reaction = "\(exchange.state.name): \(token == nil ? "done" : "proof")"
            } catch {
                #expect(!error.cause.contains(ScramExchangeTests.credentials.password.revealed))
                #expect(!error.hint.isEmpty)
                reaction = exchange.state.name
            }
            #expect(reaction == reactions[kind], "\(state) × \(kind)")
        }
    }

    /// PLAIN has one state: we have spoken. The broker proves nothing, so any message means that it is content; a refusal
    /// comes as an error code of its answer, not as a message.
    @Test func plainIsContentWithAnything() throws {
        for (kind, bytes) in Self.messages {
            var exchange = SaslExchange(
                .password(SaslCredentials(mechanism: .plain, username: "u", password: Secret("p")), nonce: "n"))
            #expect(try exchange.begin() == [0] + Array("u".utf8) + [0] + Array("p".utf8))
            #expect(try exchange.receive(bytes) == nil, "\(kind)")
        }
    }

    @Test(arguments: [("", "p"), ("u", ""), ("u\u{0}", "p"), ("u", "p\u{0}")])
    func plainRefusesWhatItCannotCarry(username: String, password: String) {
        var exchange = SaslExchange(
            .password(SaslCredentials(mechanism: .plain, username: ByteString(username), password: Secret(password)), nonce: "n"))
        #expect(throws: SaslFailure.self) { try exchange.begin() }
    }
}

extension ScramExchange.State {
    fileprivate var name: String {
        switch self {
        case .fresh: "fresh"
        case .awaitingChallenge: "awaitingChallenge"
        case .awaitingSignature: "awaitingSignature"
        case .complete: "complete"
        case .failed: "failed"
        }
    }
}
