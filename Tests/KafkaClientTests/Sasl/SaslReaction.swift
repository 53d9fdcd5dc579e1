import Testing

@testable import KafkaClient

/// What an exchange did with an event.
struct SaslReaction {
    /// What we say next; nil where nothing.
    var token: [UInt8]?
    var failure: SaslFailure?

    /// A failure must have a hint, and never tells the secret.
    init(secret: Secret, _ body: () throws(SaslFailure) -> [UInt8]?) {
        do throws(SaslFailure) {
            token = try body()
        } catch {
            failure = error
            #expect(!"\(error.cause)\(error.hint)".contains(secret.revealed))
            #expect(!error.hint.isEmpty)
        }
    }

    /// Compares with the table's cell. In words: the state, and what is said: `done`, text, or the byte 1 as `acknowledged`.
    func check(_ cell: TableCell?, after state: String, _ place: String) {
        switch cell {
        case .does("failed"):
            #expect(failure != nil && failure != .begunTwice, "\(place)")
            #expect(state == "failed", "\(place)")
        case .does(let reaction):
            let said = token.map { $0 == [1] ? "acknowledged" : String(decoding: $0, as: UTF8.self) } ?? "done"
            #expect(failure == nil, "\(place)")
            #expect("\(state): \(said)" == reaction, "\(place)")
        case .impossible(let reason):
            #expect(!reason.isEmpty)
            #expect(failure == .begunTwice, "\(place)")
            #expect(state == "failed", "\(place)")
        case .nothing, nil: Issue.record("\(place): an exchange ignores nothing")
        }
    }
}
