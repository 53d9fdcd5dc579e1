import Bytes
public import Seams
import SnapshotModel

/// Whose turn it is to run the jobs of a cluster, among agents that share a repository. Counted by the store's clock.
///
/// A turn keeps two agents from doing the same work at once and from telling the same thing twice. What protects the repository are
/// leases (``Lease``): without turns nothing would be lost, only done twice.
public struct Turn: Hashable, Sendable {
    /// 32 hexadecimal digits.
    public let id: String
    /// Who it is, in words for the operator.
    public let holder: String
    public let since: Timestamp
    public internal(set) var until: Timestamp

    /// A turn that is not renewed ends after this.
    public static let length: Duration = .seconds(60)

    /// A turn of the future was taken before the store's clock was set back: it must not bar everybody until then.
    func isLive(at moment: Timestamp) -> Bool {
        moment < until.advanced(by: Lease.skew) && until <= moment.advanced(by: Self.length + Lease.skew)
    }

    var canonicalBytes: [UInt8] {
        JSON.object(["holder": .text(holder), "since": .text(since.description), "until": .text(until.description)]).canonicalBytes + [0x0a]
    }

    static func parse(_ bytes: [UInt8], id: String) -> Turn? {
        guard let json = try? JSON.parse(bytes), let holder = json["holder"]?.text,
            let since = json["since"]?.text?.validText.flatMap({ Timestamp($0) }),
            let until = json["until"]?.text?.validText.flatMap({ Timestamp($0) })
        else { return nil }
        return Turn(id: id, holder: holder.escaped, since: since, until: until)
    }
}

/// The last run of a job that somebody brought to its end: what other agents, and a restarted one, go by.
public struct JobRecord: Hashable, Sendable {
    /// By the store's clock.
    public var began: Timestamp
    /// Whether everything that the job is for was done.
    public var isComplete: Bool
    public var holder: String

    public init(began: Timestamp, isComplete: Bool, holder: String) {
        self.began = began
        self.isComplete = isComplete
        self.holder = holder
    }

    var canonicalBytes: [UInt8] {
        JSON.object(["began": .text(began.description), "complete": .bool(isComplete), "holder": .text(holder)]).canonicalBytes + [0x0a]
    }

    static func parse(_ bytes: [UInt8]) -> JobRecord? {
        guard let json = try? JSON.parse(bytes), let began = json["began"]?.text?.validText.flatMap({ Timestamp($0) }),
            let isComplete = json["complete"]?.bool, let holder = json["holder"]?.text
        else { return nil }
        return JobRecord(began: began, isComplete: isComplete, holder: holder.escaped)
    }
}
