import Seams
import Storage

@testable import Repository

/// Everybody's leases and readers' records as they were put and taken away: by it an error is judged that a participant ended with.
///
/// `own` is a moment by the participant's own clock, by which it counts; all other moments are the world's.
struct LeaseBook {
    struct Entry {
        let id: String
        let participant: Int
        /// Nil: a reader's record.
        let sort: Lease.Sort?
        let lease: Lease?
        let began: Timestamp
        var gone: Timestamp?
        /// Each put: until when it held, and when it was done, both by the participant's clock.
        var puts: [(until: Timestamp, done: Timestamp)]
        /// Whether its holder cannot have relied on it until now: it ended, or was renewed only after its end.
        func isOver(own now: Timestamp, rest: Duration = .zero) -> Bool {
            guard let last = puts.last else { return false }
            return now.advanced(by: rest) >= last.until || zip(puts, puts.dropFirst()).contains { $1.done >= $0.until }
        }
    }

    private(set) var entries: [Entry] = []

    mutating func note(_ bytes: [UInt8], at path: StoragePath, by participant: Int, own: Timestamp, world: Timestamp) {
        let id = path.description
        let sort: Lease.Sort?
        let until: Timestamp
        var taken: Lease?
        if path.isBelow(Layout.leases) {
            guard let lease = Lease.parse(bytes, id: id) else { return }
            (sort, until, taken) = (lease.sort, lease.until, lease)
        } else if path.isBelow(Layout.readers) {
            (sort, until) = (nil, own.advanced(by: Repository.readerLength))
        } else {
            return
        }
        if let index = entries.firstIndex(where: { $0.id == id }) {
            entries[index].puts.append((until, own))
            entries[index].gone = nil
        } else {
            entries.append(
                Entry(id: id, participant: participant, sort: sort, lease: taken, began: world, puts: [(until, own)]))
        }
    }

    mutating func noteGone(_ path: StoragePath, world: Timestamp) {
        let id = path.description
        if let index = entries.firstIndex(where: { $0.id == id }), entries[index].gone == nil { entries[index].gone = world }
    }

    /// The participant's leases of a sort, the newest first.
    func leases(of participant: Int, _ sort: Lease.Sort?) -> [Entry] {
        entries.reversed().filter { $0.participant == participant && $0.sort == sort }
    }

    /// Whether a lease of the participant's stood beside somebody else's that excludes it, clocks differing by `skew` at most.
    func didMeet(_ participant: Int, world now: Timestamp, skew: Duration) -> Bool {
        entries.contains { own in
            guard own.participant == participant, let lease = own.lease else { return false }
            return entries.contains { other in
                guard other.participant != participant, let otherLease = other.lease, lease.excludes(otherLease) else { return false }
                return own.began <= end(of: other, skew) && other.began <= own.gone ?? now
            }
        }
    }

    /// Whether a writer of somebody else's was there at some time since `began`.
    func sawWriter(besides participant: Int, since began: Timestamp, skew: Duration) -> Bool {
        entries.contains { $0.participant != participant && $0.sort == .writer && end(of: $0, skew) >= began }
    }

    private func end(of entry: Entry, _ skew: Duration) -> Timestamp {
        entry.gone ?? (entry.puts.last?.until ?? entry.began).advanced(by: Lease.skew + skew + skew)
    }
}
