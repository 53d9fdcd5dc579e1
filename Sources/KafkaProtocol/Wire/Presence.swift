/// In which versions of a message a field stands, may be null, and what to do when a set value would be lost.
public struct Presence: Sendable, Equatable {
    public var versions: ClosedRange<Int16>
    public var nullable: ClosedRange<Int16>?
    /// Kafka's `ignorable`: a set value may be left out of a version that has no such field.
    public var mayBeDropped: Bool

    public static let always = Presence(versions: 0...Int16.max, nullable: nil, mayBeDropped: false)
    public static func since(_ version: Int16) -> Presence { Presence(versions: version...Int16.max, nullable: nil, mayBeDropped: false) }
    public static func versions(_ range: ClosedRange<Int16>) -> Presence { Presence(versions: range, nullable: nil, mayBeDropped: false) }

    public var ignorable: Presence { Presence(versions: versions, nullable: nullable, mayBeDropped: true) }
    /// Null allowed wherever the field stands.
    public var nullableAlways: Presence { Presence(versions: versions, nullable: 0...Int16.max, mayBeDropped: mayBeDropped) }
    public func nullable(since version: Int16) -> Presence {
        Presence(versions: versions, nullable: version...Int16.max, mayBeDropped: mayBeDropped)
    }
    public func nullable(in range: ClosedRange<Int16>) -> Presence {
        Presence(versions: versions, nullable: range, mayBeDropped: mayBeDropped)
    }

    @inlinable func stands(in version: Int16) -> Bool { version >= versions.lowerBound && version <= versions.upperBound }
    @inlinable func allowsNull(in version: Int16) -> Bool { nullable?.contains(version) ?? false }
}
