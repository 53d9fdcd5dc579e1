import KafkaProtocol

/// Why a connection is not there, in words for an operator.
struct ConnectionCause: Error, Equatable, Sendable {
    var code: KafkaError.Code
    var text: String
    var hint: String

    /// Whether another attempt may go better. Wrong passwords and certificates stay wrong.
    var isTransient: Bool { code == .cannotConnect || code == .connectionLost || code == .timedOut }

    static let retired = ConnectionCause(
        code: .connectionLost, text: "the connection was closed because it was idle", hint: "Run the command again.")
    static let closedByUs = ConnectionCause(
        code: .closed, text: "the client is closed", hint: "Do not use the client after closing it.")
}

/// Why a call got no answer.
enum CallFailure: Error, Equatable, Sendable {
    /// Not a byte of it was sent.
    case notSent(ConnectionCause)
    /// It was sent, and the connection ended before the answer. `wasInUse`: others had been answered on it, so what broke may be
    /// this one connection alone.
    case unanswered(ConnectionCause, wasInUse: Bool)
    /// No answer in time. `sent` says whether it may have been executed.
    case timedOut(sent: Bool)
    case cancelled(sent: Bool)
    /// The broker lacks the call, or every version of it that we speak.
    case unsupported(theirs: ClosedRange<Int16>?)
    /// The version that is spoken cannot carry the request.
    case unencodable(WireError)
}
