import Bytes
import Cryptography
public import Seams
public import SnapshotModel

/// Who confirms, so that two who confirm the same snapshot keep a record each.
///
/// 1 to 64 letters, digits, dots, underscores and hyphens. Where two share a name the record may tell less than was confirmed,
/// never more: each of them writes what it read and what it saw itself.
public struct ConfirmationWriter: Hashable, Sendable, CustomStringConvertible {
    public let name: String

    /// What one-shot backups call themselves.
    public static let backup = ConfirmationWriter(known: "backup")
    /// What agents call themselves: one name, as of those that share a repository one works at a time, and each pod has a name of its own.
    public static let agent = ConfirmationWriter(known: "agent")

    /// Nil where `name` is not as above.
    public init?(_ name: String) {
        let isPlain = name.utf8.allSatisfy { unit in
            switch unit {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
            default: false
            }
        }
        guard isPlain, (1...64).contains(name.utf8.count) else { return nil }
        self.name = name
    }

    private init(known name: String) { self.name = name }

    public var description: String { name }
}

/// That a cluster was found as a snapshot holds it, again and again: what an unchanged cluster costs instead of a snapshot.
///
/// One small file for each snapshot and writer, overwritten as a whole. It says from when on, until when and how closely.
public struct SnapshotConfirmation: Hashable, Sendable {
    public let snapshot: SnapshotID
    public let writer: ConfirmationWriter
    /// When the sweeps began that found it unchanged for the first and for the last time, on the clock of whoever swept.
    public private(set) var first: Timestamp
    public private(set) var last: Timestamp
    /// How often it was found unchanged, 1 or more.
    public private(set) var count: Int
    /// The longest time between two proofs that follow each other, the snapshot itself being the first; in milliseconds.
    public private(set) var longestPause: Duration
    /// How often the clock was found to have gone back since the last proof: then the pauses may be longer than recorded.
    public private(set) var clockSteps: Int

    /// The first one.
    /// - Parameters:
    ///   - taken: when the snapshot's own sweep began.
    ///   - moment: when the sweep began that found the cluster unchanged.
    public init(of snapshot: SnapshotID, taken: Timestamp, at moment: Timestamp, by writer: ConfirmationWriter) {
        self.snapshot = snapshot
        self.writer = writer
        (first, last, count) = (moment, moment, 1)
        longestPause = max(.zero, moment.since(taken))
        clockSteps = moment < taken ? 1 : 0
    }

    /// Confirmed once more. A clock that went back takes the moments back with it, and is counted: those that it had run ahead to are in the
    /// future now, and while they stood there a record would say nothing of what is found today.
    public mutating func confirm(at moment: Timestamp) {
        count = min(count + 1, Self.most)
        guard moment >= last else {
            clockSteps = min(clockSteps + 1, Self.most)
            (first, last) = (min(first, moment), moment)
            return
        }
        longestPause = max(longestPause, moment.since(last))
        last = moment
    }

    /// What every reader of JSON keeps exactly; counts stay there.
    static let most = Int(JSON.largestExactInteger)

    // MARK: The file

    private var members: [ByteString: JSON] {
        [
            "snapshot": .text(snapshot.description), "writer": .text(writer.name), "first": .text(first.description),
            "last": .text(last.description), "count": .integer(count), "longestPause": .integer(longestPause.wholeMilliseconds),
            "clockSteps": .integer(clockSteps),
        ]
    }

    /// With the SHA-256 of everything else in it: a flipped digit must not move a recovery point.
    var canonicalBytes: [UInt8] {
        var members = members
        members["sha256"] = .text(HashFunction.sha256.digest(JSON.object(members).canonicalBytes).hex)
        return JSON.object(members).canonicalBytes + [0x0a]
    }

    /// Nil where the bytes are not what ``canonicalBytes`` gives.
    static func parse(_ bytes: [UInt8]) -> SnapshotConfirmation? {
        guard let json = try? JSON.parse(bytes), let snapshot = json["snapshot"]?.text?.validText.flatMap({ SnapshotID(hex: $0) }),
            let writer = json["writer"]?.text?.validText.flatMap({ ConfirmationWriter($0) }),
            let first = json["first"]?.text?.validText.flatMap({ Timestamp($0) }),
            let last = json["last"]?.text?.validText.flatMap({ Timestamp($0) }),
            let count = json["count"]?.int64, (1...Int64(most)).contains(count),
            let pause = json["longestPause"]?.int64, (0...Int64(most)).contains(pause),
            let steps = json["clockSteps"]?.int64, (0...Int64(most)).contains(steps), first <= last
        else { return nil }
        var confirmation = SnapshotConfirmation(of: snapshot, taken: first, at: first, by: writer)
        (confirmation.last, confirmation.count, confirmation.clockSteps) = (last, Int(count), Int(steps))
        confirmation.longestPause = .milliseconds(pause)
        return confirmation.canonicalBytes == bytes ? confirmation : nil
    }
}
