import Bytes

/// A kind of which implausibly much is gone since an earlier snapshot.
public struct Shrinkage: Hashable, Sendable, CustomStringConvertible {
    public var kind: KindName
    /// How many documents that can be put back the earlier one has.
    public var before: Int
    /// How many there are now; nil where there is no such section any more.
    public var now: Int?
    /// The earlier snapshot.
    public var against: SnapshotID

    public init(kind: KindName, before: Int, now: Int?, against: SnapshotID) {
        self.kind = kind
        self.before = before
        self.now = now
        self.against = against
    }

    /// The measure: all gone, or more than half of ten or more.
    public static func isImplausible(before: Int, now: Int) -> Bool { now == 0 && before > 0 || before >= 10 && now * 2 < before }

    /// `topics: 12 documents, snapshot 0badcafe has 40`.
    public var description: String {
        now.map { "\(kind.rawValue): \($0) documents, snapshot \(against.short) has \(before)" }
            ?? "\(kind.rawValue): snapshot \(against.short) has this section, this one has not"
    }

    /// The kind that one of a certificate's reasons says to have shrunk; nil where it is a reason of another sort.
    public static func kind(in reason: String) -> KindName? {
        guard let colon = reason.firstRange(of: ": ") else { return nil }
        let rest = reason[colon.upperBound...]
        let isGone = rest.hasPrefix("snapshot ") && rest.hasSuffix(" has this section, this one has not")
        let number = rest.prefix { ("0"..."9").contains($0) }
        guard isGone || !number.isEmpty && rest.dropFirst(number.count).hasPrefix(" documents, snapshot ") else { return nil }
        return KindName(String(reason[..<colon.lowerBound]))
    }

    public var json: JSON {
        var members: [ByteString: JSON] = [
            "kind": .text(kind.rawValue), "before": .integer(before), "against": .text(against.description),
        ]
        if let now { members["now"] = .integer(now) }
        return .object(members)
    }

    init?(json: JSON) {
        guard let kind = json["kind"]?.text?.validText, let before = json["before"]?.int64.flatMap({ Int(exactly: $0) }), before >= 0,
            let against = json["against"]?.text?.validText.flatMap({ SnapshotID(hex: $0) })
        else { return nil }
        let now = json["now"]?.int64.flatMap { Int(exactly: $0) }
        guard now.map({ $0 >= 0 }) ?? (json["now"] == nil) else { return nil }
        self.init(kind: KindName(kind), before: before, now: now, against: against)
    }
}

extension Manifest {
    private static let acceptedKey: ByteString = "acceptedShrinkage"

    /// What shrank implausibly, and an operator said that it is meant so: it does not make the snapshot suspect. Read leniently: what a later
    /// version writes in another form is kept and not counted.
    public var acceptedShrinkage: [Shrinkage] {
        get { extra[Self.acceptedKey]?.array?.compactMap { Shrinkage(json: $0) } ?? [] }
        set { extra[Self.acceptedKey] = newValue.isEmpty ? nil : .array(newValue.map(\.json)) }
    }
}
