import Bytes
import KafkaProtocol
import Seams

/// What to do about a failure.
extension JourneyMachine {
    mutating func fail(
        _ error: KafkaError, _ advice: Advice, _ outlook: Outlook, _ now: Duration, _ chance: any ChanceSource
    ) -> Step { recover(from: FailedAttempt(error, advice), outlook, now, chance) }

    /// Tries again, at once or after a pause, or gives up where no further attempt is worth it.
    mutating func recover(from failed: FailedAttempt, _ outlook: Outlook, _ now: Duration, _ chance: any ChanceSource) -> Step {
        if failed.error.outcome == .answered { lastAnswer = failed.error }
        if let lastAnswer, failed.error.code == .timedOut, now >= deadline, effect == .reads || failed.error.outcome == .notSent {
            return end(expired(lastAnswer))
        }
        var notes: [Note] = []
        switch failed.advice {
        case .giveUp: return end(failed.error)
        case .again where attempts < 8: return again(notes)
        case .renew where attempts == 1: return again(notes)
        case .again, .renew, .afterPause: break
        case .reauthenticate:
            guard !hasReauthenticated else { return end(failed.error) }
            hasReauthenticated = true
            return again(notes)
        case .afterRefresh: notes.append(.doubt(destination))
        case .reconnect:
            unreachable.append(failed.error)
            if let address {
                tried.insert(address)
                // It may have moved to another address.
                if destination != .anyBroker { notes.append(.forget(address)) }
            }
            let somebodyIsLeft = destination == .anyBroker && outlook.candidates().contains { !tried.contains($0) }
            guard unreachable.count < limits.connectAttempts || somebodyIsLeft else { return giveUpConnecting(failed.error, notes, now) }
            // Somebody else may answer at once.
            if somebodyIsLeft { return again(notes) }
        }
        let pause = backoff.next(chance)
        guard now + pause < deadline else {
            return end(expired(failed.advice == .reconnect ? unreached(failed.error) : failed.error), notes: notes)
        }
        state = .resting
        return Step(action: .pause(pause, after: failed.error), notes: notes)
    }

    private mutating func again(_ notes: [Note]) -> Step {
        state = .resting
        return Step(action: .again, notes: notes)
    }

    private mutating func giveUpConnecting(_ last: KafkaError, _ notes: [Note], _ now: Duration) -> Step {
        var notes = notes
        // Where it took long to learn that nobody is there, the next calls are spared it for a while.
        if let address, destination != .anyBroker, now - start >= limits.connectTimeout {
            notes.append(.avoid(address, until: now + .seconds(10), last))
        }
        return end(unreached(last), notes: notes)
    }

    /// The last error; where several brokers were tried, one that names them all.
    private func unreached(_ last: KafkaError) -> KafkaError {
        var reasons: [String: String] = [:]
        for error in unreachable { reasons[error.broker ?? ""] = error.cause }
        guard destination == .anyBroker, reasons.count > 1 else { return last }
        var error = last
        error.broker = nil
        let list = reasons.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "; ")
        error.cause = "none of \(reasons.count) brokers can be reached (\(list))"
        return error
    }

    private func expired(_ last: KafkaError) -> KafkaError {
        var error = last
        error.cause += " (given up after \(attempts.counted("attempt")) within \(limits.apiTimeout.words))"
        return error
    }
}
