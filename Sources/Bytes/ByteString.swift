/// Text as its bytes: what Kafka means by a string.
///
/// Kafka compares names byte by byte; Swift's `String` compares by canonical equivalence, so the two normal forms of
/// "café" are one key of a Swift dictionary and two topics of a cluster. A `ByteString` is equal, ordered and hashed by its
/// bytes and keeps what is not valid UTF-8 (some brokers store a commit's metadata as it came).
public struct ByteString: Hashable, Sendable {
    /// The bytes, UTF-8 by convention, of any length.
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }
    public init(bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }
    public init(_ text: some StringProtocol) { bytes = Array(text.utf8) }
    public init() { bytes = [] }

    /// Length in bytes.
    public var count: Int { bytes.count }
    public var isEmpty: Bool { bytes.isEmpty }

    /// The text, or nil where the bytes are not valid UTF-8. Loses nothing.
    public var validText: String? { String(validating: bytes, as: UTF8.self) }

    /// Whether the bytes are valid UTF-8.
    public var isValid: Bool { bytes.allSatisfy { $0 < 0x80 } || validText != nil }

    public func hasPrefix(_ prefix: ByteString) -> Bool { bytes.starts(with: prefix.bytes) }

    public static func + (left: ByteString, right: ByteString) -> ByteString { ByteString(bytes: left.bytes + right.bytes) }
}

extension ByteString: Comparable {
    /// Unsigned byte order, the shorter first where one begins the other.
    public static func < (left: ByteString, right: ByteString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension ByteString: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}

extension ByteString: CustomStringConvertible, CustomDebugStringConvertible {
    /// For people only: what is not UTF-8 is replaced. Never a key, never stored.
    public var description: String { String(decoding: bytes, as: UTF8.self) }
    public var debugDescription: String { description.debugDescription }
}
