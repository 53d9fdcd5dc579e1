/// How an object's bytes are packed. Which one it was is told by the magic number in front, so a repository can hold both.
public enum Codec: String, Sendable, CaseIterable {
    /// A bare zstd frame (RFC 8878) with content size and checksum.
    case zstd
    /// A gzip stream (RFC 1952).
    case gzip

    /// The codec whose magic number `bytes` begin with, or nil.
    public init?(magicOf bytes: [UInt8]) {
        if bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd]) {
            self = .zstd
        } else if bytes.starts(with: [0x1f, 0x8b]) {
            self = .gzip
        } else {
            return nil
        }
    }

    /// Zstd 1...19, gzip 1...9: what the formats call fast to small. Three and six are the usual middle.
    public var usualLevel: Int { self == .zstd ? 3 : 6 }

    /// The same bytes and level give the same packed bytes with one version of the library, not across versions.
    public func compress(_ bytes: [UInt8], level: Int? = nil) throws(CompressionError) -> [UInt8] {
        switch self {
        case .zstd: try Zstd.compress(bytes, level: Int32(level ?? usualLevel))
        case .gzip: try Gzip.compress(bytes, level: Int32(level ?? usualLevel))
        }
    }

    /// Unpacks; more than `limit` bytes of content is an error before they are held in memory.
    public func decompress(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        switch self {
        case .zstd: try Zstd.decompress(bytes, limit: limit)
        case .gzip: try Gzip.decompress(bytes, limit: limit)
        }
    }
}

public enum CompressionError: Error, Equatable, Sendable {
    /// The library refused, in its own words.
    case refused(String)
    /// The bytes are damaged, cut short, or followed by others.
    case damaged(String)
    /// The content is longer than the caller allows, in bytes.
    case overLimit(Int)
}

extension CompressionError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .refused(let why): "compression failed: \(why)"
        case .damaged(let why): "the compressed bytes are damaged: \(why)"
        case .overLimit(let limit): "the content is longer than the \(limit) bytes allowed"
        }
    }
}
