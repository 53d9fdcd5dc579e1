import NIOConcurrencyHelpers

/// Something that goes off, such as a token: fetched when it is first asked for, by one task for all, and again when it is due.
public final class Perishable<Value: Sendable, Failure: Error>: Sendable {
    public struct Batch: Sendable {
        public var value: Value
        /// From here on another one is wanted; nil: never.
        public var due: Timestamp?
        /// From here on this one is of no use; nil: never.
        public var expiry: Timestamp?

        public init(_ value: Value, due: Timestamp?, expiry: Timestamp?) {
            self.value = value
            self.due = due
            self.expiry = expiry
        }
    }

    private typealias Machine = PerishableMachine<Value, Failure>
    private typealias Waiter = CheckedContinuation<Machine.Verdict, Never>

    private struct State {
        var machine = Machine()
        var nextTicket: UInt64 = 0
        var waiters: [UInt64: Waiter] = [:]

        mutating func take(_ woken: [(UInt64, Machine.Verdict)]) -> [(Waiter, Machine.Verdict)] {
            woken.compactMap { ticket, verdict in waiters.removeValue(forKey: ticket).map { ($0, verdict) } }
        }
    }

    private let state = NIOLockedValueBox(State())

    public init() {}

    /// The value at hand, or a new one by `fetch`, which has to end when its task is cancelled. Throws what `fetch` throws, to everybody
    /// who waits for it, unless the old value is still good; and `cancelled` to those whose task is cancelled while they wait.
    public func value(
        _ time: any TimeSource, cancelled: @autoclosure () -> Failure, fetch: () async throws(Failure) -> Batch
    ) async throws(Failure) -> Value {
        switch await join(at: time.now()) {
        case .value(let value): return value
        case .failure(let error): throw error
        case .withdrawn: throw cancelled()
        case .fetch: break
        }
        let own: Machine.Verdict
        do throws(Failure) {
            let new = try await fetch()
            wake { state in state.take(state.machine.fetched(new)) }
            return new.value
        } catch {
            own = settle(error, isCancelled: Task.isCancelled, at: time.now())
        }
        switch own {
        case .value(let value): return value
        case .failure(let error): throw error
        // Who has fetched is never told to, and never waits.
        case .fetch, .withdrawn: throw cancelled()
        }
    }

    /// Forgets the value where it is the one that is meant, because it turned out to be of no use; a newer one stays.
    public func discard(where isMeant: (Value) -> Bool) { state.withLockedValue { $0.machine.discard(where: isMeant) } }

    /// How many wait for somebody else's fetch.
    var waitingNow: Int { state.withLockedValue { $0.waiters.count } }

    private func settle(_ error: Failure, isCancelled: Bool, at now: Timestamp) -> Machine.Verdict {
        let (own, woken) = state.withLockedValue { state in
            let (own, others) = isCancelled ? state.machine.abandoned(error, now: now) : state.machine.failed(error, now: now)
            return (own, state.take(others))
        }
        for (waiter, verdict) in woken { waiter.resume(returning: verdict) }
        return own
    }

    private func wake(_ change: (inout State) -> [(Waiter, Machine.Verdict)]) {
        for (waiter, verdict) in state.withLockedValue(change) { waiter.resume(returning: verdict) }
    }

    private func join(at now: Timestamp) async -> Machine.Verdict {
        let ticket = state.withLockedValue { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let verdict = state.withLockedValue { state -> Machine.Verdict? in
                    // A cancellation before this is seen here, one after it finds the waiter.
                    if Task.isCancelled { return .withdrawn }
                    let verdict = state.machine.ask(ticket, now: now)
                    if verdict == nil { state.waiters[ticket] = waiter }
                    return verdict
                }
                if let verdict { waiter.resume(returning: verdict) }
            }
        } onCancel: {
            wake { state in
                state.machine.withdraw(ticket)
                return state.take([(ticket, .withdrawn)])
            }
        }
    }
}
