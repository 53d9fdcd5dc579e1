import Seams
import Storage

/// What a process has seen of the records that their holders renew: since when each has been as it is, by the process's own uptime.
///
/// A record ends by the store's clock. One that was written while that clock was ahead would last until the clock comes there again, if its holder was
/// killed: so it is over, too, once it has not been renewed for as long as such a record lasts. A holder that lives finds it so by its own
/// uptime, which nobody sets.
actor RenewalWatch {
    private var seen: [StoragePath: (until: Timestamp, since: Duration)] = [:]

    /// For how long the record has not been renewed, as far as this process knows: zero at its first look, and at the first after a renewal.
    ///
    /// - Parameters:
    ///   - until: as it was read.
    ///   - asked: the uptime before it was read: what became of it while the store took its time to answer is not known.
    ///   - uptime: now.
    func unrenewed(_ path: StoragePath, until: Timestamp, asked: Duration, at uptime: Duration) -> Duration {
        if let before = seen[path], before.until == until { return max(.zero, asked - before.since) }
        seen[path] = (until, uptime)
        return .zero
    }

    /// The records of a folder that are gone are forgotten.
    func keep(_ present: Set<StoragePath>, in folder: StoragePath) {
        seen = seen.filter { !$0.key.isBelow(folder) || present.contains($0.key) }
    }
}
