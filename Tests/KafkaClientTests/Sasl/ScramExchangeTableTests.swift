import Bytes
import Cryptography
import Testing

@testable import KafkaClient

/// SCRAM: every state against its beginning and every kind of message that a broker can send.
@Suite struct ScramExchangeTableTests {
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

    static let begunOnce = TableCell.impossible(because: "the handshake begins an exchange once, on the broker's consent to the mechanism")

    /// A failure ends the exchange: nothing that comes after it is taken.
    static let table: [(state: String, cells: [String: TableCell])] = [
        // We speak first: whatever comes before is out of turn.
        ("fresh", all(["begin": .does("awaitingChallenge: n,,n=user,r=rOprNGfwEbeRWgbNEkqO")])),
        ("awaitingChallenge", all(["begin": begunOnce, "challenge": .does("awaitingSignature: \(ScramExchangeTests.proof)")])),
        // A second challenge is no signature.
        ("awaitingSignature", all(["begin": begunOnce, "signature": .does("complete: done")])),
        // The broker has shown who it is; it has nothing more to say.
        ("complete", all(["begin": begunOnce])),
        ("failed", all(["begin": begunOnce])),
    ]

    private static func all(_ exceptions: [String: TableCell]) -> [String: TableCell] {
        Dictionary(uniqueKeysWithValues: messages.map { ($0.kind, .does("failed")) }).merging(exceptions) { $1 }
    }

    private static func exchange(in state: String) throws -> ScramExchange {
        var exchange = ScramExchange(ScramExchangeTests.credentials, function: .sha256, nonce: ScramExchangeTests.nonce)
        if state == "fresh" { return exchange }
        _ = try exchange.begin()
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
        let cells = try #require(Self.table.first { $0.state == state }?.cells)
        #expect(cells.count == Self.messages.count + 1)
        for (event, cell) in cells {
            var exchange = try Self.exchange(in: state)
            #expect(exchange.state.name == state)
            let message = Self.messages.first { $0.kind == event }?.bytes
            let reaction = SaslReaction(secret: ScramExchangeTests.credentials.password) { () throws(SaslFailure) in
                guard let message else { return try exchange.begin() }
                return try exchange.receive(message)
            }
            reaction.check(cell, after: exchange.state.name, "\(state) × \(event)")
        }
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
