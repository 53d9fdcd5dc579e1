/// The name of one sort of thing in a cluster: `topics`, `consumer-groups`, `broker-configs`, `cluster`, `schemas` …
///
/// An open set: a snapshot may hold kinds that this binary does not know, and they are carried and reported by name.
public struct KindName: Hashable, Sendable {
    public let rawValue: String

    public init(_ rawValue: String) { self.rawValue = rawValue }
}

extension KindName: Comparable {
    /// By the bytes of the name.
    public static func < (left: KindName, right: KindName) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}

extension KindName: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) { self.init(value) }
    public var description: String { rawValue }
}

/// Which part of a resource a document holds.
public enum Part: String, Sendable, Hashable, CaseIterable, Comparable {
    /// What can be put back.
    case desired
    /// What is only recorded: topic ids, members, lag, log ends …
    case evidence
    /// What could not be captured, or moved, where that is more than a manifest lists (``LongList``).
    case gaps

    public static func < (left: Part, right: Part) -> Bool { left.order < right.order }
    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
