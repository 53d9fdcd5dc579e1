public import KafkaProtocol

/// Why a call failed: which broker, which call, what happened, whether it may have been executed, and what to do.
public struct KafkaError: Error, Sendable, Equatable {
    /// What kind of failure it is.
    public struct Code: Hashable, Sendable {
        fileprivate enum Kind: Hashable, Sendable {
            case cannotConnect, authenticationFailed, notAuthorized, tls, timedOut, unsupported, brokerError, protocolViolation,
                configuration
            case closed, cancelled, connectionLost, fault
        }
        fileprivate var kind: Kind
        /// The broker's own code, where one was answered.
        public fileprivate(set) var brokerCode: ErrorCode?

        /// No connection to the broker: no such host, refused, no route, or nobody answers.
        public static let cannotConnect = Code(kind: .cannotConnect)
        /// The broker refused the user or the password, or could not prove that it knows the password itself.
        public static let authenticationFailed = Code(kind: .authenticationFailed)
        /// TLS could not be set up: certificate, host name, protocol versions.
        public static let tls = Code(kind: .tls)
        /// No answer in time.
        public static let timedOut = Code(kind: .timedOut)
        /// The broker lacks the call, or a version of it that can carry the request.
        public static let unsupported = Code(kind: .unsupported)
        /// Bytes came that are not what the protocol says.
        public static let protocolViolation = Code(kind: .protocolViolation)
        /// The configuration cannot be used.
        public static let configuration = Code(kind: .configuration)
        /// The client was closed.
        public static let closed = Code(kind: .closed)
        /// The calling task was cancelled.
        public static let cancelled = Code(kind: .cancelled)
        /// The connection broke while a request was under way.
        public static let connectionLost = Code(kind: .connectionLost)
        /// This program contradicted itself: nothing outside of it is to blame.
        public static let fault = Code(kind: .fault)

        /// The broker answered with an error. An authorization error is its own kind: ``isNotAuthorized``.
        public static func brokerError(_ code: ErrorCode) -> Code {
            Code(kind: code.isAuthorizationFailure ? .notAuthorized : .brokerError, brokerCode: code)
        }

        /// Whether the broker answered that the user lacks a right (29, 30, 31, 53, 65).
        public var isNotAuthorized: Bool { kind == .notAuthorized }
    }

    /// What is known of the request's effect.
    public enum Outcome: Hashable, Sendable {
        /// Not a byte of it reached the broker.
        case notSent
        /// The broker answered; the error is its answer.
        case answered
        /// Sent, and no answer: it may have been executed. Observe again, never assume.
        case unknown
    }

    public var code: Code
    /// The broker as operators know it: `broker 2 (kafka-2:9092)`, or `kafka-1:9092` where its id is not known yet.
    public var broker: String?
    /// The call under way, where there was one.
    public var api: APIKey?
    public var outcome: Outcome
    /// What happened, lower case, without a full stop.
    public var cause: String
    /// A sentence that says what to do.
    public var hint: String

    public init(_ code: Code, broker: String? = nil, api: APIKey? = nil, outcome: Outcome, cause: String, hint: String) {
        self.code = code
        self.broker = broker
        self.api = api
        self.outcome = outcome
        self.cause = cause
        self.hint = hint
    }

    /// Broker, call and cause in one line: `broker 2 (kafka-2:9092), DescribeConfigs: no answer within 30 s`.
    public var message: String {
        let place = [broker, api.map { "\($0)" }].compactMap { $0 }.joined(separator: ", ")
        return place.isEmpty ? cause : "\(place): \(cause)"
    }

    func at(_ broker: String?, _ api: APIKey?) -> KafkaError {
        var error = self
        error.broker = error.broker ?? broker
        error.api = error.api ?? api
        return error
    }
}

extension KafkaError: CustomStringConvertible {
    public var description: String { "\(message)\nhint: \(hint)" }
}

extension ErrorCode {
    /// Whether the answer means that the user lacks a right.
    public var isAuthorizationFailure: Bool {
        switch self {
        case .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed, .transactionalIdAuthorizationFailed,
            .delegationTokenAuthorizationFailed:
            true
        default: false
        }
    }
}
