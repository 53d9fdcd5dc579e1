/// What a ``Perishable`` decides by: what is kept, whether somebody fetches, and who waits for that. A value; waking is its owner's.
struct PerishableMachine<Value: Sendable, Failure: Error>: Sendable {
    typealias Batch = Perishable<Value, Failure>.Batch

    /// What becomes of somebody who asked.
    enum Verdict: Sendable {
        case value(Value)
        case failure(Failure)
        /// It is their turn to fetch, for all.
        case fetch
        /// They were cancelled while they waited.
        case withdrawn
    }

    /// Where a renewal fails and the old one is still good, the next attempt waits this long.
    static var pause: Duration { .seconds(60) }

    private(set) var batch: Batch?
    private(set) var isFetching = false
    /// In the order in which they came.
    private(set) var waiting: [UInt64] = []

    /// Nil: wait for the fetch that is under way.
    mutating func ask(_ ticket: UInt64, now: Timestamp) -> Verdict? {
        if let batch, batch.due.map({ $0 > now }) ?? true, isGood(batch, now) { return .value(batch.value) }
        if isFetching {
            waiting.append(ticket)
            return nil
        }
        isFetching = true
        return .fetch
    }

    /// Whoever fetches has it: all who wait get it.
    mutating func fetched(_ new: Batch) -> [(UInt64, Verdict)] {
        batch = new
        return release(with: .value(new.value))
    }

    /// Whoever fetches failed: all who wait get what they get, the old value where that is still good, else the failure. Nobody has a turn
    /// of their own at what has just failed.
    mutating func failed(_ error: Failure, now: Timestamp) -> (own: Verdict, others: [(UInt64, Verdict)]) {
        let own = stopgap(now) ?? .failure(error)
        return (own, release(with: own))
    }

    /// Whoever fetched was cancelled, which says nothing of the fetch: the next one takes over, where there is no old value to go on with.
    mutating func abandoned(_ error: Failure, now: Timestamp) -> (own: Verdict, others: [(UInt64, Verdict)]) {
        if let old = stopgap(now) { return (old, release(with: old)) }
        guard !waiting.isEmpty else {
            isFetching = false
            return (.failure(error), [])
        }
        return (.failure(error), [(waiting.removeFirst(), .fetch)])
    }

    /// Somebody who waited was cancelled.
    mutating func withdraw(_ ticket: UInt64) { waiting.removeAll { $0 == ticket } }

    /// Forgets the value where it is the one that is meant; one that was fetched meanwhile stays.
    mutating func discard(where isMeant: (Value) -> Bool) {
        if let batch, isMeant(batch.value) { self.batch = nil }
    }

    private func isGood(_ batch: Batch, _ now: Timestamp) -> Bool { batch.expiry.map { $0 > now } ?? true }

    private mutating func stopgap(_ now: Timestamp) -> Verdict? {
        guard var old = batch, isGood(old, now) else { return nil }
        old.due = now.advanced(by: Self.pause)
        batch = old
        return .value(old.value)
    }

    private mutating func release(with verdict: Verdict) -> [(UInt64, Verdict)] {
        isFetching = false
        defer { waiting = [] }
        return waiting.map { ($0, verdict) }
    }
}
