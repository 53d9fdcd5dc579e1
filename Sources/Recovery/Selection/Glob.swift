public import Bytes

/// A pattern over names: `*` is any run of bytes, `?` one; every other byte is itself, a dot too.
public struct Glob: Sendable, Hashable {
    public let pattern: ByteString

    public init(_ pattern: ByteString) { self.pattern = pattern }

    /// The patterns before and behind the last slash; nil where there is none.
    var parts: (whole: Glob, part: Glob)? {
        guard let slash = pattern.bytes.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        return (
            Glob(ByteString(bytes: Array(pattern.bytes[..<slash]))), Glob(ByteString(bytes: Array(pattern.bytes[(slash + 1)...])))
        )
    }

    public func matches(_ name: ByteString) -> Bool {
        let (pattern, name) = (self.pattern.bytes, name.bytes)
        var (p, n) = (0, 0)
        // Where to go back to when what follows the latest star does not fit: linear in practice, never exponential.
        var retry: (p: Int, n: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                retry = (p + 1, n)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") || pattern[p] == name[n] {
                p += 1
                n += 1
            } else if let back = retry {
                retry = (back.p, back.n + 1)
                (p, n) = (back.p, back.n + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
