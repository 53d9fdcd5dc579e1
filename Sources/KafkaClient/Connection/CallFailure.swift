import KafkaProtocol

/// Why a connection is not there, in words for an operator.
struct ConnectionCause: Error, Equatable, Sendable {
    var code: KafkaError.Code
    var text: String
    var hint: String
    /// Whether it came over a connection that had been serving calls: another one may be spared it.
    var isOfOneConnection = false
    /// Whether the other side ended the connection and said nothing: what that means depends on what was going on.
    var isBareEnd = false

    /// Whether another attempt may go better. Wrong passwords and certificates stay wrong.
    var isTransient: Bool { code == .cannotConnect || code == .connectionLost || code == .timedOut || isOfOneConnection }
    /// Whether it stays wrong at this address, and says nothing of others: a certificate that is not trusted, or a listener that is no broker's.
    /// A refused login is none of these: elsewhere it would be refused as well, and counted against the user.
    var isOfOneAddress: Bool { code == .tls || code == .protocolViolation && !isOfOneConnection }

    static let retired = ConnectionCause(
        code: .connectionLost, text: "the connection was closed because it was idle", hint: "Run the command again.")
    /// KafkaChannel of Kafka's brokers takes one authentication a second and connection; what comes earlier it reads as a call.
    static let tooEarly = ConnectionCause(
        code: .connectionLost, text: "the broker takes no new authentication on this connection yet",
        hint: "Raise connections.max.reauth.ms of the brokers: sessions should last minutes.")
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
