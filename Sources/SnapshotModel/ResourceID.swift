public import Bytes

/// What tells one resource of a kind from another: one or more names, compared by their bytes.
///
/// Two ids are equal exactly when they have the same parts, byte for byte. They are ordered part by part, each part in
/// unsigned byte order, an id before those that it begins.
public struct ResourceID: Sendable {
    /// One or more; each may be empty.
    public let parts: [ByteString]

    /// The parts in one run of bytes that sorts as the id does: in each part 0x00 becomes 0x00 0xFF, and 0x00 0x01 ends
    /// the part, so that parts cannot run together.
    public let encoded: [UInt8]

    /// - Precondition: `parts` is not empty.
    public init(parts: [ByteString]) {
        precondition(!parts.isEmpty, "a resource id has at least one part")
        self.parts = parts
        var encoded: [UInt8] = []
        encoded.reserveCapacity(parts.reduce(0) { $0 + $1.count + 2 })
        for part in parts {
            for byte in part.bytes {
                encoded.append(byte)
                if byte == 0 { encoded.append(0xff) }
            }
            encoded.append(0)
            encoded.append(1)
        }
        self.encoded = encoded
    }

    public init(_ parts: ByteString...) { self.init(parts: parts) }

    /// Reads what `encoded` gives; nil where the bytes are no such encoding.
    public init?(encoded: [UInt8]) {
        var parts: [ByteString] = []
        var part: [UInt8] = []
        var index = 0
        while index < encoded.count {
            let byte = encoded[index]
            index += 1
            guard byte == 0 else {
                part.append(byte)
                continue
            }
            guard index < encoded.count else { return nil }
            switch encoded[index] {
            case 0xff: part.append(0)
            case 0x01:
                parts.append(ByteString(bytes: part))
                part = []
            default: return nil
            }
            index += 1
        }
        guard part.isEmpty, !parts.isEmpty else { return nil }
        self.parts = parts
        self.encoded = encoded
    }

    /// An array of the parts, as documents hold it.
    public var json: JSON { .array(parts.map { .text($0) }) }

    public init?(json: JSON) {
        guard let items = json.array, !items.isEmpty else { return nil }
        let parts = items.compactMap(\.text)
        guard parts.count == items.count else { return nil }
        self.init(parts: parts)
    }
}

extension ResourceID: Hashable, Comparable {
    public static func == (left: ResourceID, right: ResourceID) -> Bool { left.encoded == right.encoded }
    public static func < (left: ResourceID, right: ResourceID) -> Bool { left.encoded.lexicographicallyPrecedes(right.encoded) }
    public func hash(into hasher: inout Hasher) { hasher.combine(encoded) }
}

extension ResourceID: ExpressibleByStringLiteral {
    /// An id of one part.
    public init(stringLiteral value: String) { self.init(ByteString(value)) }
}

extension ResourceID: CustomStringConvertible {
    /// For people: the parts with `/` between them; control characters, backslashes and what is not UTF-8 escaped. Not a key.
    public var description: String { parts.map { $0.escaped }.joined(separator: "/") }
}
