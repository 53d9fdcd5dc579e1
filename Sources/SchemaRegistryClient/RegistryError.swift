/// Why a call to a schema registry failed.
public struct RegistryError: Error, Sendable, Equatable {
    public enum Kind: String, Sendable {
        /// What the client was told to do is not possible.
        case configuration
        /// No connection came about.
        case connect
        /// The connection was lost, or the answer broke off.
        case interrupted
        /// No answer within the time-out.
        case timeout
        /// No connection that both sides trust.
        case tls
        /// 401: the registry does not know who is calling.
        case authentication
        /// 403: it does, and refuses.
        case forbidden
        /// The registry says that what is asked for does not exist.
        case notFound
        /// 409: the schema is incompatible with an earlier one.
        case conflict
        /// 422: the registry refuses what is asked, see `code`.
        case refused
        /// The registry does not know this call at all.
        case unsupported
        /// 429 or 5xx.
        case server
        /// What came back is not an answer of a schema registry.
        case invalidAnswer
        /// The task was cancelled.
        case cancelled
    }

    public let kind: Kind
    /// `GET`, `PUT` …; nil where there was no call.
    public let method: String?
    /// The base URL and the call's path, without a query.
    public let url: String?
    /// The HTTP status, where an answer came.
    public let status: Int?
    /// The registry's own `error_code`, where it gave one: 40401, 42205 …
    public let code: Int?
    /// What the registry or the network said.
    public let reason: String
    /// Whether a change may have been made all the same. Then observe again: neither assume nor repeat.
    public let isOutcomeUnknown: Bool
    private let ownHint: String?

    init(
        _ kind: Kind, method: String? = nil, url: String? = nil, status: Int? = nil, code: Int? = nil, reason: String,
        isOutcomeUnknown: Bool = false, hint: String? = nil
    ) {
        self.kind = kind
        self.method = method
        self.url = url
        self.status = status
        self.code = code
        self.reason = reason
        self.isOutcomeUnknown = isOutcomeUnknown
        ownHint = hint
    }

    static func configuration(_ reason: String, hint: String) -> RegistryError { RegistryError(.configuration, reason: reason, hint: hint) }

    /// What to do about an answer that is larger than what is read.
    static let beyondLimits =
        "Check that the URL is a schema registry's; if it is, delete for good what is not used any more: docs/limits.md has how much one "
        + "answer may hold."

    /// The same, with a reason that says more.
    func explained(_ reason: String) -> RegistryError {
        RegistryError(
            kind, method: method, url: url, status: status, code: code, reason: reason, isOutcomeUnknown: isOutcomeUnknown, hint: ownHint)
    }

    /// Whether the same call may go well a little later, or with another server of the registry.
    var isPassing: Bool { [.connect, .interrupted, .timeout, .server].contains(kind) }
}

extension RegistryError: CustomStringConvertible {
    /// What failed and why, in one sentence without its full stop.
    public var message: String {
        guard let method, let url else { return reason }
        let own = code.flatMap { $0 == 0 || $0 == status ? nil : "error \($0)" }
        let answer = [status.map { "HTTP \($0)" }, own].compactMap { $0 }.joined(separator: ", ")
        let unknown = isOutcomeUnknown ? " (whether the change was made is not known)" : ""
        return "schema registry: \(method) \(url) failed\(answer.isEmpty ? "" : " with \(answer)"): \(reason)\(unknown)"
    }

    /// What to do, as a sentence.
    public var hint: String {
        if let ownHint { return ownHint }
        return switch kind {
        case .configuration: "Correct the registry's settings."
        case .connect: "Check that the registry runs and that its host and port are right and reachable from here."
        case .interrupted, .timeout:
            "Check that host and port are the registry's (it speaks HTTP; brokers of Kafka do not), its log and any proxy in between, then "
                + "try again."
        case .tls:
            "Check that the registry speaks TLS on this port, that its certificate names this host, and that the authority "
                + "given is the one that signed it."
        case .authentication: "Check the registry's user and password or token."
        case .forbidden: "Grant this user the right to do that, or use another user."
        case .notFound: "Check the name; it may have been deleted in the meantime."
        case .conflict: "Restore into an empty subject, or set the subject's compatibility to NONE for the time of the restore."
        case .refused: "Compare the subject's mode, ids and references with what is to be written."
        case .unsupported:
            "Check that the URL is the registry's base URL, with its path where it has one (Apicurio's is /apis/ccompat/v7); if it is, this "
                + "registry cannot do that."
        case .server: "Look into the registry's log and try again when it is healthy."
        case .invalidAnswer: "Check that the URL is a schema registry's and not that of a proxy or sign-in page."
        case .cancelled: "Start it again when ready."
        }
    }

    public var description: String { "\(message). hint: \(hint)" }
}
