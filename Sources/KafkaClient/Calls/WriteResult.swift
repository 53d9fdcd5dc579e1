public import KafkaProtocol

/// What became of one change.
public struct WriteResult: Sendable, Equatable {
    public enum Outcome: Sendable, Equatable {
        /// The broker says that it is done.
        case done
        /// The broker says no: nothing was changed.
        case refused
        /// It may have been done: no answer, error −1, a time-out inside the broker, or "exists already" after such a one.
        /// Observe again, never assume.
        case unknown
        /// It was not sent.
        case notSent
    }

    public var outcome: Outcome
    /// The broker's code; `.none` where it did not answer.
    public var error: ErrorCode
    /// The broker's words, or what kept it from answering.
    public var message: String?

    public init(_ outcome: Outcome, error: ErrorCode = .none, message: String? = nil) {
        self.outcome = outcome
        self.error = error
        self.message = message
    }

    public var isDone: Bool { outcome == .done }

    static func answered(_ code: ErrorCode, message: String? = nil) -> WriteResult {
        switch code {
        case .none: WriteResult(.done)
        case .unknownServerError, .requestTimedOut, .networkException: WriteResult(.unknown, error: code, message: message)
        default: WriteResult(.refused, error: code, message: message)
        }
    }

    static func failed(_ error: KafkaError) -> WriteResult {
        let outcome: Outcome =
            switch error.outcome {
            case .notSent: .notSent
            case .answered: .refused
            case .unknown: .unknown
            }
        return WriteResult(outcome, error: error.code.brokerCode ?? .none, message: error.message)
    }
}
