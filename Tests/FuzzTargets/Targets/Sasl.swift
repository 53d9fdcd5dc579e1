import Bytes

@testable import KafkaClient

extension FuzzTarget {
    private static let password = "a pass-word that nobody guesses 4711"
    static let nonce = "nonce-of-ours"

    /// What a broker says in an exchange; messages stand apart by a zero byte, the first byte chooses the mechanism. Nothing
    /// completes an exchange but the right signature, and no failure tells the password.
    static let sasl = FuzzTarget("sasl", upTo: 512) { input in
        let choice = input.byte()
        let messages = input.all().split(separator: 0, omittingEmptySubsequences: false)
        if choice & 4 != 0 { return try bearer(messages) }
        let credentials = SaslCredentials(
            mechanism: choice & 1 == 0 ? .scramSHA256 : .scramSHA512, username: "user", password: Secret(password), isToken: choice & 2 != 0
        )
        var exchange = ScramExchange(credentials, function: choice & 1 == 0 ? .sha256 : .sha512, nonce: nonce)
        _ = exchange.begin()
        // Iterations are work that is meant: the least number is enough here.
        guard !messages.contains(where: asksForMuch) else { return }
        for message in messages {
            do throws(SaslFailure) {
                _ = try exchange.receive(Array(message))
            } catch {
                try hold(!"\(error.cause)\(error.hint)".contains(password), "the password is told")
                break
            }
        }
        try hold(exchange.state != .complete || messages.count > 1, "complete without a signature")
    }

    private static func bearer(_ messages: [ArraySlice<UInt8>]) throws {
        var exchange = BearerExchange(token: Secret(password.replacing(" ", with: "")), extensions: [:])
        _ = try exchange.begin()
        for message in messages {
            do throws(SaslFailure) {
                _ = try exchange.receive(Array(message))
            } catch {
                return try hold(exchange.refusal != nil, "refused without a refusal")
            }
        }
    }

    private static func asksForMuch(_ message: ArraySlice<UInt8>) -> Bool {
        let text = String(decoding: message, as: UTF8.self)
        return text.split(separator: ",").contains { $0.hasPrefix("i=") && (Int($0.dropFirst(2)) ?? 0) > 4096 }
    }
}
