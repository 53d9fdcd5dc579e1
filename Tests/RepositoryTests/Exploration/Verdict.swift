import Seams
import SnapshotModel
import Storage

@testable import Repository

/// Which errors a participant may end with, and why. Everything else is a fault of the protocol.
enum Verdict {
    /// What there is to know where an error is not excused: the participant's leases by its own clock, and when everybody stood still.
    static func circumstances(of participant: Int, skew: Duration, in world: World) -> String {
        let leases = world.book.entries.filter { $0.participant == participant }.map { entry in
            "\(entry.id) of \(entry.lease.map { "\($0.since)" } ?? "a reader"), put "
                + entry.puts.map { "at \($0.done) until \($0.until)" }.joined(separator: ", ")
                + (entry.gone.map { ", gone at \($0.advanced(by: skew))" } ?? "")
        }
        let pauses = world.pauses.map { "\($0.from.advanced(by: skew)) to \($0.to.advanced(by: skew))" }
        return
            "now \(world.now.advanced(by: skew)); leases: \(leases.joined(separator: "; ")); stood still: \(pauses.joined(separator: ", "))"
    }

    /// What it is called in the sum at the end; nil where the protocol does not allow it.
    static func excuse(_ error: any Error, of participant: Int, skew: Duration, in world: World) -> String? {
        let (book, now) = (world.book, world.now)
        let own = now.advanced(by: skew)
        // One that crashed while it was ending with another error is judged by that one.
        if world.isCrashed(participant), (error as? StorageError) == World.crash || error is CancellationError { return "crashed" }
        guard let error = error as? RepositoryError else { return nil }
        switch error.code {
        case .leaseLost:
            // It stood still for so long that renewals failed to come: nobody may count on it any more, and it says so. A lease is renewed
            // when a third of it is over; whoever deletes gives up while there is still some rest. It counts from the look at the clock, which
            // is before the put. Nobody loses a lease otherwise.
            let sorts: [Lease.Sort] = [.writer, .pruner, .forgetter]
            let isExplained = sorts.contains { sort in
                guard let lease = book.leases(of: participant, sort).first?.lease else { return false }
                let since = lease.since.advanced(by: .zero - skew)
                return world.standstill(since: since) >= Lease.length * 2 / 3 - (sort == .writer ? .zero : Prune.rest)
            }
            return isExplained ? "lease lost" : nil
        case .locked:
            if error.message.hasPrefix("nothing was deleted") {
                // A prune whose patience ended, be it that it stood still itself: there was a writer to wait for.
                guard let lease = book.leases(of: participant, .pruner).first, now.since(lease.began) >= .seconds(660),
                    book.sawWriter(besides: participant, since: lease.began, skew: World.mostSkew)
                else { return nil }
                return "waited in vain"
            }
            // Two that exclude each other met: at least one gave way.
            return book.didMeet(participant, world: now, skew: World.mostSkew) ? "gave way" : nil
        case .damaged:
            // A page went under the hands of one who stood still until its lease, or its reader's record, was over: it notices, and publishes
            // nothing. With a lease that holds that cannot be.
            guard error.damage?.sort == .missing else { return nil }
            let isWriters = book.leases(of: participant, .writer).first?.isOver(own: own) ?? false
            let isReaders = book.leases(of: participant, nil).first?.isOver(own: own) ?? false
            return isWriters || isReaders ? "stood still, and its page went" : nil
        case .noSuchSnapshot:
            // A reader that came too late: it has read nothing yet.
            guard let record = book.leases(of: participant, nil).first else { return nil }
            let name = record.id.dropFirst("readers/".count).prefix(64)
            return world.memory.list(Layout.snapshots, after: nil, limit: .max).contains { $0.path.description.contains(name) }
                ? nil : "forgotten before it was read"
        default: return nil
        }
    }
}
