import NIOConcurrencyHelpers

/// Lets one task through at a time, in the order of arrival.
///
/// A task that waits is not woken by its cancellation: what is done behind a turnstile must have limits of its own.
final class Turnstile: Sendable {
    private struct State {
        var isTaken = false
        var queue: [CheckedContinuation<Void, Never>] = []
    }

    private let state = NIOLockedValueBox(State())

    func enter() async {
        await withCheckedContinuation { turn in
            let isFree = state.withLockedValue { state in
                if state.isTaken {
                    state.queue.append(turn)
                    return false
                }
                state.isTaken = true
                return true
            }
            if isFree { turn.resume() }
        }
    }

    func leave() {
        let next = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
            if !state.queue.isEmpty { return state.queue.removeFirst() }
            state.isTaken = false
            return nil
        }
        next?.resume()
    }
}
