import Bytes
public import Seams
import SnapshotModel

/// Who works in a repository, since when and until when, by the store's clock; by uptime, too, for whoever watches it (``RenewalWatch``).
public struct Lease: Hashable, Sendable {
    public enum Sort: String, Sendable, CaseIterable {
        /// Adds objects and snapshots; any number at once.
        case writer
        /// Prunes: one at a time, beside writers.
        case pruner
        /// Forgets snapshots, or pins them: one at a time, beside the others.
        case forgetter
        /// Alone; what cannot be read counts as such.
        case exclusive
        /// A writer whose turn it is to publish: one at a time, beside writers.
        case publisher
        /// Restores onto a target: one at a time onto each, beside everybody.
        case restore

        /// A lease that is not renewed ends after this.
        public var length: Duration {
            switch self {
            case .publisher, .restore: Lease.turn
            case .writer, .pruner, .forgetter, .exclusive: Lease.length
            }
        }
    }

    /// 32 hexadecimal digits.
    public let id: String
    public let sort: Sort
    /// Who it is, in words for the operator.
    public let holder: String
    public let since: Timestamp
    public var until: Timestamp
    /// The prunes, by the ids of their leases, whose candidates this writer knows and leaves alone.
    public var knows: [String] = []
    /// What a restore changes, in words that two restores share where they must not run at once.
    public var targets: [String] = []

    public static let length: Duration = .seconds(300)
    /// Publishing takes moments, and a killed restore is to be finished soon: neither is waited for longer than this and ``skew``.
    public static let turn: Duration = .seconds(60)
    /// Clocks may differ by this much: a lease counts as live until it has been over for so long.
    public static let skew: Duration = .seconds(30)

    func isLive(at moment: Timestamp) -> Bool { moment < ends }

    /// From then on it counts for nothing.
    public var ends: Timestamp { until.advanced(by: Self.skew) }

    /// Taken before the store's clock was set back, or by somebody whose clock is ahead by more than clocks may differ: it must not bar
    /// everybody until then.
    func isOfTheFuture(at moment: Timestamp) -> Bool { until > moment.advanced(by: sort.length + Self.skew) }

    /// As it will be where it counts for nothing from `moment` on.
    func ending(_ moment: Timestamp) -> Lease {
        var lease = self
        lease.until = moment.advanced(by: .zero - Self.skew)
        return lease
    }

    func excludes(_ other: Lease) -> Bool {
        switch (sort, other.sort) {
        case (.exclusive, _), (_, .exclusive): true
        case (.writer, _): false
        case (.restore, .restore): !Set(targets).isDisjoint(with: other.targets)
        default: sort == other.sort
        }
    }

    var canonicalBytes: [UInt8] {
        var members: [ByteString: JSON] = [
            "holder": .text(holder), "sort": .text(sort.rawValue), "since": .text(since.description), "until": .text(until.description),
        ]
        if !knows.isEmpty { members["knows"] = .array(knows.map { .text($0) }) }
        if !targets.isEmpty { members["targets"] = .array(targets.map { .text($0) }) }
        return JSON.object(members).canonicalBytes + [0x0a]
    }

    static func parse(_ bytes: [UInt8], id: String) -> Lease? {
        guard let json = try? JSON.parse(bytes), let sort = json["sort"]?.text?.validText.flatMap({ Sort(rawValue: $0) }),
            let holder = json["holder"]?.text, let since = json["since"]?.text?.validText.flatMap({ Timestamp($0) }),
            let until = json["until"]?.text?.validText.flatMap({ Timestamp($0) })
        else { return nil }
        let knows = (json["knows"]?.array ?? []).compactMap { $0.text?.validText }
        let targets = (json["targets"]?.array ?? []).compactMap { $0.text?.validText }
        return Lease(id: id, sort: sort, holder: holder.escaped, since: since, until: until, knows: knows, targets: targets)
    }
}
