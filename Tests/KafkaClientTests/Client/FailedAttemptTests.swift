import KafkaProtocol
import Testing

@testable import KafkaClient

/// How each failure of an attempt is judged, for a call that looks and for one that changes something.
@Suite struct FailedAttemptTests {
    static let lost = ConnectionCause(code: .connectionLost, text: "lost", hint: "Mend it.")
    static let refused = ConnectionCause(code: .authenticationFailed, text: "refused", hint: "Mend it.")
    static let untrusted = ConnectionCause(code: .tls, text: "untrusted", hint: "Mend it.")
    static let strayed = ConnectionCause(code: .protocolViolation, text: "strayed", hint: "Mend it.", isOfOneConnection: true)

    static let failures: [(failure: CallFailure, outcome: KafkaError.Outcome, reads: Advice, writes: Advice)] = [
        (.notSent(.retired), .notSent, .again, .again),
        (.notSent(lost), .notSent, .reconnect, .reconnect),
        // A wrong password stays wrong, and elsewhere it would only be counted.
        (.notSent(refused), .notSent, .giveUp, .giveUp),
        // Another broker may have a better certificate, or be a broker.
        (.notSent(untrusted), .notSent, .elsewhere, .elsewhere),
        (.notSent(.malformed("a page")), .notSent, .elsewhere, .elsewhere),
        // Nobody has refused anything.
        (.notSent(.endedHandshake), .notSent, .reconnect, .reconnect),
        (.notSent(.closedByUs), .notSent, .giveUp, .giveUp),
        // A write that was sent may have been executed.
        (.unanswered(lost, wasInUse: false), .unknown, .afterPause, .giveUp),
        // A connection that had answered before, and had died unseen.
        (.unanswered(lost, wasInUse: true), .unknown, .renew, .giveUp),
        (.unanswered(.silent, wasInUse: true), .unknown, .afterPause, .giveUp),
        (.unanswered(refused, wasInUse: true), .unknown, .giveUp, .giveUp),
        // Another connection may be spared what came over this one.
        (.unanswered(strayed, wasInUse: true), .unknown, .reconnect, .giveUp),
        (.notSent(strayed), .notSent, .reconnect, .reconnect),
        (.notSent(.tooEarly), .notSent, .again, .again),
        (.timedOut(sent: false), .notSent, .afterPause, .afterPause),
        (.timedOut(sent: true), .unknown, .afterPause, .giveUp),
        (.cancelled(sent: false), .notSent, .giveUp, .giveUp),
        (.cancelled(sent: true), .unknown, .giveUp, .giveUp),
        (.unsupported(theirs: nil), .notSent, .giveUp, .giveUp),
        (.unsupported(theirs: 0...1), .notSent, .giveUp, .giveUp),
        (.unencodable(WireError(.malformed("too new"), message: "M", version: 0)), .notSent, .giveUp, .giveUp),
    ]

    @Test func everyFailureOfAConnection() {
        for (failure, outcome, reads, writes) in Self.failures {
            for (effect, advice) in [(Effect.reads, reads), (.writes, writes)] {
                let judged = FailedAttempt(failure, effect: effect, broker: "broker 1", api: .metadata, timeout: .seconds(30))
                #expect(judged.advice == advice, "\(failure) × \(effect)")
                #expect(judged.error.outcome == outcome, "\(failure) × \(effect)")
                #expect(!judged.error.hint.isEmpty)
            }
        }
    }

    /// Every error code that brokers know.
    @Test func everyAnswerThatIsAnErrorAsAWhole() {
        var tally: [Advice: Int] = [:]
        for raw in Int16(-1)...133 where raw != 0 {
            let code = ErrorCode(rawValue: raw)
            let ambiguous = code == .requestTimedOut || code == .networkException || code == .notEnoughReplicasAfterAppend
            for effect in [Effect.reads, .writes] {
                let judged = FailedAttempt(code, effect: effect, broker: "broker 1", api: .metadata)
                let expected: Advice =
                    switch code.remedy {
                    case .none: .giveUp
                    case _ where ambiguous && effect == .writes: .giveUp
                    case .retry: .afterPause
                    case .refreshThenRetry: .afterRefresh
                    }
                #expect(judged.advice == expected, "\(code) × \(effect)")
                // A time-out inside of the broker leaves open what it has done; every other answer tells.
                #expect(judged.error.outcome == (ambiguous ? .unknown : .answered), "\(code) × \(effect)")
                #expect(judged.error.code == .brokerError(code))
                tally[judged.advice, default: 0] += 1
            }
        }
        #expect(Set(tally.keys) == [.giveUp, .afterPause, .afterRefresh])
    }
}
