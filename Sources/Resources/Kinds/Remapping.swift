public import Bytes
import SnapshotModel

/// How names and numbers of the source translate to the target.
public struct Remapping: Sendable {
    /// Source broker id to target broker id; a source id that is missing has no counterpart.
    public var brokers: [Int32: Int32]
    /// The target's brokers.
    public var targetBrokers: [Int32]
    public var topics: Renaming
    /// Overrides every topic's own.
    public var replicationFactor: Int16?

    public init(brokers: [Int32: Int32], targetBrokers: [Int32], topics: Renaming = Renaming(), replicationFactor: Int16? = nil) {
        self.brokers = brokers
        self.targetBrokers = targetBrokers
        self.topics = topics
        self.replicationFactor = replicationFactor
    }

    /// Nothing changes.
    public static func identity(brokers: [Int32]) -> Remapping {
        Remapping(brokers: Dictionary(uniqueKeysWithValues: Set(brokers).map { ($0, $0) }), targetBrokers: brokers)
    }

    /// Same ids where the target has them all; else by position, smallest to smallest, where the numbers agree; else none.
    public static func brokers(from source: [Int32], to target: [Int32]) -> [Int32: Int32] {
        let (source, target) = (Set(source), Set(target))
        if source.isSubset(of: target) { return Dictionary(uniqueKeysWithValues: source.map { ($0, $0) }) }
        guard source.count == target.count else { return [:] }
        return Dictionary(uniqueKeysWithValues: zip(source.sorted(), target.sorted()))
    }
}

/// New names for topics: pairs of an old and a new name, either with one `*` that stands for the same text on both sides.
public struct Renaming: Sendable {
    public struct Rule: Sendable, Hashable {
        public var from: ByteString
        public var to: ByteString
        public init(from: ByteString, to: ByteString) {
            self.from = from
            self.to = to
        }
    }
    public var rules: [Rule]

    public init(_ rules: [Rule] = []) { self.rules = rules }

    /// The first rule that fits decides; a name that none fits stays.
    public func callAsFunction(_ name: ByteString) -> ByteString {
        for rule in rules {
            if let renamed = rule.apply(to: name) { return renamed }
        }
        return name
    }
}

extension Renaming.Rule {
    /// Reads `old=new`; nil where it is not that, or where only one side has a `*`, or a side has two.
    public init?(_ text: String) {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else { return nil }
        let stars = sides.map { $0.filter { $0 == "*" }.count }
        guard stars[0] == stars[1], stars[0] <= 1 else { return nil }
        self.init(from: ByteString(sides[0]), to: ByteString(sides[1]))
    }

    func apply(to name: ByteString) -> ByteString? {
        let star = UInt8(ascii: "*")
        guard let place = from.bytes.firstIndex(of: star) else { return name == from ? to : nil }
        let before = from.bytes[..<place]
        let after = from.bytes[(place + 1)...]
        guard name.count >= before.count + after.count, name.bytes.starts(with: before), name.bytes.suffix(after.count).elementsEqual(after)
        else { return nil }
        let middle = name.bytes[before.count..<(name.count - after.count)]
        return ByteString(bytes: to.bytes.flatMap { $0 == star ? Array(middle) : [$0] })
    }
}
