import Bytes
public import Seams
public import SnapshotModel

/// Something that is to be told to one receiver and has not been, noted so that it is told though the agent that began to is killed.
///
/// Whoever tells it renews the note meanwhile, and takes it away once it is told. After ``until`` nobody is at it: another agent, or the same
/// one started anew, may take it on.
public struct Untold: Hashable, Sendable {
    /// 32 hexadecimal digits.
    public let id: String
    public let holder: String
    /// By the store's clock.
    public var until: Timestamp
    /// Who is to be told it, by a name that is the same to all who may tell.
    public var receiver: String
    /// What is to be told, in the agent's form.
    public let notice: JSON

    /// A note that is not renewed ends after this.
    public static let length: Duration = .seconds(60)

    /// Whether nobody is at it any more. One that ends later than any would that is noted now was noted before the store's clock was set back.
    public func isOver(at moment: Timestamp) -> Bool { moment >= until || until > moment.advanced(by: Self.length + Lease.skew) }

    /// Whether for a day nobody was at it who could tell it.
    public func isAbandoned(at moment: Timestamp) -> Bool {
        let since = moment.since(until)
        return max(since, .zero - since) > .seconds(86_400)
    }

    var canonicalBytes: [UInt8] {
        JSON.object([
            "holder": .text(holder), "until": .text(until.description), "receiver": .text(receiver), "notice": notice,
        ]).canonicalBytes + [0x0a]
    }

    static func parse(_ bytes: [UInt8], id: String) -> Untold? {
        guard let json = try? JSON.parse(bytes), let holder = json["holder"]?.text?.validText,
            let until = json["until"]?.text?.validText.flatMap({ Timestamp($0) }), let receiver = json["receiver"]?.text?.validText,
            let notice = json["notice"], notice.object != nil
        else { return nil }
        return Untold(id: id, holder: holder, until: until, receiver: receiver, notice: notice)
    }
}
