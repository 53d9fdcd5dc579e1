import NIOConcurrencyHelpers

/// Things that go off, one of them for each key: whoever comes with a key finds what another one with the same key had fetched. A key holds all
/// that decides what is fetched. In memory alone.
public final class PerishableStore<Key: Hashable & Sendable, Value: Sendable, Failure: Error>: Sendable {
    private struct Entry {
        var perishable = Perishable<Value, Failure>()
        var lastUse: UInt64 = 0
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var uses: UInt64 = 0
    }

    /// More are not kept: the one that was not used for the longest goes, and is fetched again where somebody wants it after all.
    private let capacity: Int
    private let state = NIOLockedValueBox(State())

    public init(capacity: Int = 256) { self.capacity = capacity }

    public func perishable(for key: Key) -> Perishable<Value, Failure> {
        state.withLockedValue { state in
            state.uses += 1
            var entry = state.entries[key] ?? Entry()
            entry.lastUse = state.uses
            state.entries[key] = entry
            if state.entries.count > capacity, let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
                state.entries[oldest.key] = nil
            }
            return entry.perishable
        }
    }

    /// Forgets the values that are meant, whatever their keys, because they turned out to be of no use.
    public func discard(where isMeant: (Value) -> Bool) {
        for entry in state.withLockedValue({ Array($0.entries.values) }) { entry.perishable.discard(where: isMeant) }
    }
}
