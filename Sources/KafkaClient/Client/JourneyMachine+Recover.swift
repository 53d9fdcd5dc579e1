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
        case .reconnect, .elsewhere:
            if failed.advice == .reconnect { unreachable.append(failed.error) }
            if let address {
                tried.insert(address)
                if failed.advice == .elsewhere { barred[address] = failed.error }
                // It may have moved to another address.
                if failed.advice == .reconnect, destination != .anyBroker { notes.append(.forget(address)) }
            }
            let others = destination == .anyBroker ? outlook.candidates() : []
            // Somebody else may answer at once.
            if others.contains(where: { !tried.contains($0) }) { return again(notes) }
            // Who is barred stays so; who was not there may come.
            let mayCome = failed.advice == .reconnect || others.contains { barred[$0] == nil }
            guard mayCome, unreachable.count < limits.connectAttempts else { return giveUpConnecting(failed.error, notes, now) }
        }
        let pause = backoff.next(chance)
        guard now + pause < deadline else {
            return end(expired(isOfReaching(failed) ? unreached(failed.error) : failed.error), notes: notes)
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

    /// Whether all that is known is that nobody could be reached. That the time of the call was up while one more connection was being made says
    /// nothing beside.
    private func isOfReaching(_ failed: FailedAttempt) -> Bool {
        switch failed.advice {
        case .reconnect, .elsewhere: true
        default: failed.error.code == .timedOut && failed.error.outcome == .notSent && !(unreachable.isEmpty && barred.isEmpty)
        }
    }

    /// The last error that tells why; where several brokers were tried, one that names them all, with the code and hint of the gravest: that
    /// all who answered are not trusted, then that somebody is no broker, then that nobody is there.
    private func unreached(_ last: KafkaError) -> KafkaError {
        let refusals = barred.values
        let reasons = Dictionary((unreachable + refusals).map { ($0.broker ?? "", $0) }) { $1 }.sorted { $0.key < $1.key }
        let stranger = reasons.first { entry in refusals.contains(entry.value) && entry.value.code != .tls }
        let refusal = reasons.first { refusals.contains($0.value) }
        let said = last.code == .timedOut ? unreachable.last ?? last : last
        var error = stranger?.value ?? refusal?.value ?? said
        guard destination == .anyBroker, reasons.count > 1 else { return error }
        error.broker = nil
        let list = reasons.map { "\($0.key): \($0.value.cause)" }.joined(separator: "; ")
        error.cause = "none of \(reasons.count) brokers can be reached (\(list))"
        return error
    }

    private func expired(_ last: KafkaError) -> KafkaError {
        var error = last
        error.cause += " (given up after \(attempts.counted("attempt")) within \(limits.apiTimeout.words))"
        return error
    }
}
