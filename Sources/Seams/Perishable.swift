import NIOConcurrencyHelpers

/// Something that goes off, such as a token: fetched when it is first asked for, by one task for all, and again when it is due.
public final class Perishable<Value: Sendable>: Sendable {
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

    /// Where a renewal fails and the old one is still good, the next attempt waits this long.
    private static var pause: Duration { .seconds(60) }

    private let turnstile = Turnstile()
    private let batch = NIOLockedValueBox<Batch?>(nil)

    public init() {}

    /// The value at hand, or a new one by `fetch`. Throws what `fetch` throws, unless the old value is still good.
    public func value<Failure: Error>(
        _ time: any TimeSource, fetch: () async throws(Failure) -> Batch
    ) async throws(Failure) -> Value {
        if let value = fresh(time.now()) { return value }
        await turnstile.enter()
        defer { turnstile.leave() }
        // Somebody else may have fetched it meanwhile.
        if let value = fresh(time.now()) { return value }
        do {
            let new = try await fetch()
            batch.withLockedValue { $0 = new }
            return new.value
        } catch {
            let now = time.now()
            let old = batch.withLockedValue { batch -> Value? in
                guard let old = batch, old.expiry.map({ $0 > now }) ?? true else { return nil }
                batch?.due = now.advanced(by: Self.pause)
                return old.value
            }
            guard let old else { throw error }
            return old
        }
    }

    private func fresh(_ now: Timestamp) -> Value? {
        batch.withLockedValue { batch in
            guard let batch, batch.due.map({ $0 > now }) ?? true, batch.expiry.map({ $0 > now }) ?? true else { return nil }
            return batch.value
        }
    }
}
