import Testing

@testable import KafkaSimulator

/// A cluster in the state that the recorded broker was in, asked what that broker was asked. Which exchanges it compares is not said
/// here: the judge knows.
struct ReplayScene: Sendable, CustomTestStringConvertible {
    let name: String
    let play: @Sendable (ReplayJudge) throws -> Void

    var testDescription: String { name }
}
