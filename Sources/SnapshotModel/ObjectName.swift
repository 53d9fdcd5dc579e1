import Bytes

/// The name of an object: the SHA-256 of its plain (unpacked) bytes.
public struct ObjectName: Hashable, Sendable {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// From 64 lower-case hexadecimal digits.
    public init?(hex text: some StringProtocol) {
        guard let bytes = [UInt8](hex: text), bytes.hex == text else { return nil }
        self.init(bytes: bytes)
    }
}

extension ObjectName: Comparable, CustomStringConvertible {
    public static func < (left: ObjectName, right: ObjectName) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
    /// 64 lower-case hexadecimal digits.
    public var description: String { bytes.hex }
}
