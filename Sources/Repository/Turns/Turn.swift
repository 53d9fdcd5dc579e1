import Bytes
public import Seams
import SnapshotModel

/// Whose turn it is to run the jobs of a cluster, among agents that share a repository. No clock that is set ends it: one that is over by the
/// store's clock is watched until its holder must have renewed it, and the holder goes by his uptime.
///
/// A turn keeps two agents from doing the same work at once and from telling the same thing twice. What protects the repository are
/// leases (``Lease``): without turns nothing would be lost, only done twice.
public struct Turn: Hashable, Sendable {
    /// 32 hexadecimal digits.
    public let id: String
    /// Who it is, in words for the operator.
    public let holder: String
    public let since: Timestamp
    /// By the store's clock; another one with each renewal.
    public internal(set) var until: Timestamp

    /// A turn that is not renewed ends after this.
    public static let length: Duration = .seconds(60)
    /// Whoever lives renews it within this.
    static let renewal: Duration = length / 3 + .seconds(5)

    /// - Parameter unrenewed: for how long somebody has seen it without a renewal, by his uptime.
    func isOver(at moment: Timestamp, unrenewed: Duration) -> Bool {
        unrenewed >= (isDoubtful(at: moment) ? Self.renewal : Self.length + Lease.skew)
    }

    /// Over by the clock, or of the future: it was killed, or the clock was set.
    func isDoubtful(at moment: Timestamp) -> Bool {
        moment >= until.advanced(by: Lease.skew) || until > moment.advanced(by: Self.length + Lease.skew)
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
    /// Where it is not complete: the exit code that says what is lacking; nil where that is not known, as an earlier version did not say.
    public var code: Int32?
    /// When the last run before it began that was complete; nil where it is itself, or none is known.
    public var completed: Timestamp?
    public var holder: String
    /// The newest occurrence of the job's schedule that it was for; nil where the schedule had none yet.
    public var occurrence: Timestamp?
    /// Kafka's id of the cluster that it read; nil where it read none.
    public var clusterID: String?
    /// Which part of the cluster it was about, in the policy's words; nil where that does not apply.
    public var selection: String?
    /// Where the policy reaches the cluster, `host:port` in ascending order; empty where it read none.
    public var addresses: [String]

    public init(
        began: Timestamp, isComplete: Bool, code: Int32? = nil, completed: Timestamp? = nil, holder: String, occurrence: Timestamp? = nil,
        clusterID: String? = nil,
        selection: String? = nil, addresses: [String] = []
    ) {
        self.began = began
        self.isComplete = isComplete
        self.code = code
        self.completed = completed
        self.holder = holder
        self.occurrence = occurrence
        self.clusterID = clusterID
        self.selection = selection
        self.addresses = addresses
    }

    var canonicalBytes: [UInt8] {
        var members: [ByteString: JSON] = [
            "began": .text(began.description), "complete": .bool(isComplete), "holder": .text(holder),
        ]
        if let code { members["code"] = .integer(Int64(code)) }
        if let completed { members["completed"] = .text(completed.description) }
        if let occurrence { members["occurrence"] = .text(occurrence.description) }
        if let clusterID { members["clusterId"] = .text(clusterID) }
        if let selection { members["selection"] = .text(selection) }
        if !addresses.isEmpty { members["addresses"] = .array(addresses.map { .text($0) }) }
        return JSON.object(members).canonicalBytes + [0x0a]
    }

    static func parse(_ bytes: [UInt8]) -> JobRecord? {
        guard let json = try? JSON.parse(bytes), let began = json["began"]?.text?.validText.flatMap({ Timestamp($0) }),
            let isComplete = json["complete"]?.bool, let holder = json["holder"]?.text
        else { return nil }
        return JobRecord(
            began: began, isComplete: isComplete, code: json["code"]?.int64.flatMap { Int32(exactly: $0) },
            completed: json["completed"]?.text?.validText.flatMap { Timestamp($0) }, holder: holder.escaped,
            occurrence: json["occurrence"]?.text?.validText.flatMap { Timestamp($0) }, clusterID: json["clusterId"]?.text?.escaped,
            selection: json["selection"]?.text?.escaped, addresses: (json["addresses"]?.array ?? []).compactMap { $0.text?.validText })
    }
}
