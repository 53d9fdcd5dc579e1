import Testing

@testable import KafkaClient

/// OAUTHBEARER: every state against its beginning and every kind of message that a broker can send.
@Suite struct BearerExchangeTableTests {
    static let messages: [(kind: String, bytes: [UInt8])] = [
        ("consent", []), ("reason", Array(#"{"status":"invalid_token","scope":"kafka"}"#.utf8)), ("acknowledgement", [1]),
        ("not UTF-8", [0xFF, 0xFE]), ("garbage", Array("hello".utf8)),
    ]

    static let begunOnce = ScramExchangeTableTests.begunOnce

    static let table: [(state: String, cells: [String: TableCell])] = [
        // We speak first: whatever comes before is out of turn.
        ("fresh", all("failed", ["begin": .does("awaitingVerdict: n,,\u{1}auth=Bearer t\u{1}\u{1}")])),
        // Whatever is not consent is a reason, readable or not.
        ("awaitingVerdict", all("refused: acknowledged", ["begin": begunOnce, "consent": .does("complete: done")])),
        // The broker has refused; consent would contradict it, and it has acknowledged nothing that it could go on with.
        ("refused", all("failed", ["begin": begunOnce])),
        ("complete", all("failed", ["begin": begunOnce])),
        ("failed", all("failed", ["begin": begunOnce])),
    ]

    private static func all(_ reaction: String, _ exceptions: [String: TableCell]) -> [String: TableCell] {
        Dictionary(uniqueKeysWithValues: messages.map { ($0.kind, .does(reaction)) }).merging(exceptions) { $1 }
    }

    static let token = Secret("t")

    private static func exchange(in state: String) throws -> BearerExchange {
        var exchange = BearerExchange(token: token, extensions: [:])
        if state == "fresh" { return exchange }
        if state == "failed" {
            #expect(throws: SaslFailure.self) { try exchange.receive([]) }
            return exchange
        }
        _ = try exchange.begin()
        if state == "refused" { _ = try exchange.receive(Array(#"{"status":"expired"}"#.utf8)) }
        if state == "complete" { _ = try exchange.receive([]) }
        return exchange
    }

    @Test(arguments: table.map(\.state)) func everyMessageHasItsReaction(state: String) throws {
        let cells = try #require(Self.table.first { $0.state == state }?.cells)
        #expect(cells.count == Self.messages.count + 1)
        for (event, cell) in cells {
            var exchange = try Self.exchange(in: state)
            #expect(exchange.state.name == state)
            let message = Self.messages.first { $0.kind == event }?.bytes
            let reaction = SaslReaction(secret: Secret("auth=Bearer t")) { () throws(SaslFailure) in
                guard let message else { return try exchange.begin() }
                return try exchange.receive(message)
            }
            reaction.check(cell, after: exchange.state.name, "\(state) × \(event)")
        }
    }

    @Test func aTokenThatCannotBeSaidFailsForGood() {
        var exchange = BearerExchange(token: Secret("a b"), extensions: [:])
        #expect(throws: SaslFailure.self) { try exchange.begin() }
        #expect(exchange.state == .failed)
    }
}

extension BearerExchange.State {
    fileprivate var name: String {
        switch self {
        case .fresh: "fresh"
        case .awaitingVerdict: "awaitingVerdict"
        case .refused: "refused"
        case .complete: "complete"
        case .failed: "failed"
        }
    }
}
