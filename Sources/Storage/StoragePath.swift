public import Bytes

/// Where an object lies in a store: one or more names with `/` between them, relative to the store's root.
///
/// A name is 1 to 255 bytes without `/` and NUL, and neither `.` nor `..`, so no path leads out of the store. Compared by bytes.
public struct StoragePath: Hashable, Sendable {
    public let bytes: ByteString

    /// Nil where `text` is no such path.
    public init?(_ text: some StringProtocol) { self.init(bytes: ByteString(text)) }

    public init?(bytes: ByteString) {
        let names = bytes.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard bytes.count <= 4096, names.allSatisfy(Self.isName) else { return nil }
        self.bytes = bytes
    }

    private static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        (1...255).contains(name.count) && !name.contains(0) && !name.elementsEqual(".".utf8) && !name.elementsEqual("..".utf8)
    }

    /// The names, from the root down.
    public var names: [ByteString] { bytes.bytes.split(separator: UInt8(ascii: "/")).map { ByteString(bytes: $0) } }

    /// Whether this lies in the folder `other`, at any depth.
    public func isBelow(_ other: StoragePath) -> Bool { bytes.hasPrefix(other.bytes + "/") }

    /// The path below this one.
    /// - Precondition: `name` is one or more names as above. Check what comes from outside with ``init(_:)`` first.
    public static func / (path: StoragePath, name: String) -> StoragePath {
        guard let joined = StoragePath(bytes: path.bytes + "/" + ByteString(name)) else {
            preconditionFailure("\(ByteString(name).escaped) is not a name of a store")
        }
        return joined
    }
}

extension StoragePath: Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    public static func < (left: StoragePath, right: StoragePath) -> Bool { left.bytes < right.bytes }

    /// - Precondition: the literal is a path as above.
    public init(stringLiteral value: String) {
        guard let path = StoragePath(value) else { preconditionFailure("\(value) is not a path of a store") }
        self = path
    }

    /// For people: control characters and what is not UTF-8 escaped.
    public var description: String { bytes.escaped }
}
