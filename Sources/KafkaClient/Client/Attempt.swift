import KafkaProtocol

/// What another attempt at a failed call could do.
enum Advice: Sendable, Equatable {
    /// Nothing: it would fail again.
    case giveUp
    /// Try at once: the connection had just been retired.
    case again
    /// Try at once, the first time: a connection that stood idle had died unseen.
    case renew
    /// Try after a pause.
    case afterPause
    /// Try after a pause and after asking who leads, coordinates or controls.
    case afterRefresh
    /// Nobody was there: try after a pause, a limited number of times.
    case reconnect
    /// Nothing at this address, now or later: try the others, where any may answer.
    case elsewhere
    /// A token or keys were refused, and may be others the next time: try at once, but once.
    case reauthenticate
}

struct FailedAttempt: Error, Equatable, Sendable {
    var error: KafkaError
    var advice: Advice

    /// Judges why a connection gave no answer.
    init(_ failure: CallFailure, effect: Effect, broker: String, api: APIKey, timeout: Duration) {
        let mayRepeat = effect == .reads
        switch failure {
        case .notSent(let cause):
            error = KafkaError(cause.code, broker: broker, api: api, outcome: .notSent, cause: cause.text, hint: cause.hint)
            advice =
                cause == .retired || cause == .tooEarly
                ? .again : cause.isTransient ? .reconnect : cause.isOfOneAddress ? .elsewhere : .giveUp
        case .unanswered(let cause, let wasInUse):
            error = KafkaError(
                cause.code, broker: broker, api: api, outcome: .unknown, cause: "the request was sent and not answered: \(cause.text)",
                hint: mayRepeat ? cause.hint : "It may have been executed: look before repeating it. \(cause.hint)")
            // Where a listener wants what we do not give, it would hang up each time.
            advice =
                !mayRepeat || !cause.isTransient
                ? .giveUp
                : cause == .unwelcome || cause.isOfOneConnection
                    ? .reconnect : wasInUse && cause.code == .connectionLost ? .renew : .afterPause
        case .timedOut(let sent):
            error = KafkaError(
                .timedOut, broker: broker, api: api, outcome: sent ? .unknown : .notSent,
                cause: "no answer within \(timeout.words)",
                hint: sent && !mayRepeat
                    ? "It may have been executed: look before repeating it; check the broker's load, or raise request.timeout.ms."
                    : "Check the broker's load and the network, or raise request.timeout.ms.")
            advice = mayRepeat || !sent ? .afterPause : .giveUp
        case .cancelled(let sent):
            error = .cancelled(broker: broker, api: api, sent: sent)
            advice = .giveUp
        case .unsupported(let theirs):
            error = .unsupported(api, theirs: theirs).at(broker, api)
            advice = .giveUp
        case .unencodable(let wire):
            error = KafkaError(
                .unsupported, broker: broker, api: api, outcome: .notSent, cause: "the broker's version cannot carry the request: \(wire)",
                hint: "This needs a newer broker.")
            advice = .giveUp
        }
    }

    /// An answer that is an error as a whole. `mayHaveDone`: it tells of something done all the same.
    init(_ code: ErrorCode, effect: Effect, broker: String, api: APIKey, mayHaveDone: Bool = false) {
        error = KafkaError(
            .brokerError(code), broker: broker, api: api, outcome: .answered, cause: "the broker answered \(code)", hint: code.hint)
        // A time-out inside the broker leaves open what it has done, and a leader that lost replicas after it had appended has done it. The
        // other retriable answers say that nothing was done.
        let isAmbiguous =
            mayHaveDone || code == .requestTimedOut || code == .networkException || code == .notEnoughReplicasAfterAppend
        if isAmbiguous { error.outcome = .unknown }
        switch code.remedy {
        case .none: advice = .giveUp
        case _ where isAmbiguous && effect == .writes: advice = .giveUp
        case .retry: advice = .afterPause
        case .refreshThenRetry: advice = .afterRefresh
        }
    }

    init(_ error: KafkaError, _ advice: Advice) {
        self.error = error
        self.advice = advice
    }
}

extension KafkaError {
    static func cancelled(broker: String?, api: APIKey?, sent: Bool) -> KafkaError {
        KafkaError(
            .cancelled, broker: broker, api: api, outcome: sent ? .unknown : .notSent, cause: "the call was cancelled",
            hint: "Run the command again.")
    }

    static func unsupported(_ api: APIKey, theirs: ClosedRange<Int16>?) -> KafkaError {
        KafkaError(
            .unsupported, api: api, outcome: .notSent,
            cause: theirs.map { "the broker speaks versions \($0.lowerBound) to \($0.upperBound) of this call, and we speak none of them" }
                ?? "the broker does not have this call",
            hint: "This needs another version of Kafka, or a feature that this service leaves out.")
    }

    static let closed = KafkaError(
        .closed, outcome: .notSent, cause: "the client is closed", hint: "Do not use the client after closing it.")
}

extension ErrorCode {
    /// What an operator can do about it.
    var hint: String {
        switch self {
        case .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed, .transactionalIdAuthorizationFailed,
            .delegationTokenAuthorizationFailed:
            "Grant this user the right that the call needs (kafka-acls --add), or use another user."
        case .unsupportedVersion: "This needs another version of Kafka, or a feature that is switched off."
        case .throttlingQuotaExceeded: "A quota of controller mutations is exceeded: raise it, or wait."
        case .coordinatorNotAvailable, .coordinatorLoadInProgress, .notCoordinator:
            "The group's coordinator is moving or starting: wait a little and try again."
        case .leaderNotAvailable, .notLeaderOrFollower: "The partition has no leader at the moment: check its replicas, then try again."
        case .mismatchedEndpointType: "A controller listens there: name brokers in --bootstrap-server."
        case .policyViolation: "A policy or a limit of the cluster forbids it: see the broker's message."
        default: "See the broker's log for the reason."
        }
    }
}

extension Duration {
    /// For people: `30 s`, `250 ms`.
    var words: String {
        let (seconds, attoseconds) = components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if seconds == 0 { return "\(milliseconds) ms" }
        return milliseconds == 0 ? "\(seconds) s" : "\(seconds).\(milliseconds / 100) s"
    }
}
