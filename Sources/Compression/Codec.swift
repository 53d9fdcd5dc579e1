import CZlib
import CZstd

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

enum Zstd {
    static func compress(_ bytes: [UInt8], level: Int32) throws(CompressionError) -> [UInt8] {
        guard let context = ZSTD_createCCtx() else { throw .refused("no memory") }
        defer { ZSTD_freeCCtx(context) }
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
        ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1)
        var output = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
        let size = ZSTD_compress2(context, &output, output.count, bytes, bytes.count)
        if ZSTD_isError(size) != 0 { throw .refused(name(size)) }
        output.removeLast(output.count - size)
        return output
    }

    static func decompress(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        let declared = ZSTD_getFrameContentSize(bytes, bytes.count)
        // The two largest values mean "not a frame" and "size not said"; our own frames always say it.
        if declared > UInt64.max - 2 { throw .damaged("not a zstd frame that says its content's size") }
        guard declared <= UInt64(limit) else { throw .overLimit(limit) }
        let frame = ZSTD_findFrameCompressedSize(bytes, bytes.count)
        if ZSTD_isError(frame) != 0 { throw .damaged(name(frame)) }
        guard frame == bytes.count else { throw .damaged("\(bytes.count - frame) bytes follow the frame") }
        var output = [UInt8](repeating: 0, count: Int(declared))
        let size = ZSTD_decompress(&output, output.count, bytes, bytes.count)
        if ZSTD_isError(size) != 0 { throw .damaged(name(size)) }
        guard size == output.count else { throw .damaged("the frame holds fewer bytes than it says") }
        return output
    }

    private static func name(_ code: Int) -> String { String(cString: ZSTD_getErrorName(code)) }
}

enum Gzip {
    /// Window of 32 KiB, with gzip's header and trailer instead of zlib's.
    private static let windowBits: Int32 = 15 + 16

    static func compress(_ bytes: [UInt8], level: Int32) throws(CompressionError) -> [UInt8] {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard deflateInit2_(&stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else {
            throw .refused("zlib cannot start")
        }
        defer { deflateEnd(&stream) }
        guard bytes.count < Int(UInt32.max) else { throw .overLimit(Int(UInt32.max)) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 32)
        let code = step(&stream, bytes[...], &output) { deflate($0, Z_FINISH) }
        guard code == Z_STREAM_END else { throw .refused("zlib code \(code)") }
        output.removeLast(output.count - Int(stream.total_out))
        return output
    }

    static func decompress(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .refused("zlib cannot start")
        }
        defer { inflateEnd(&stream) }
        guard bytes.count < Int(UInt32.max) else { throw .overLimit(Int(UInt32.max)) }
        var output: [UInt8] = []
        var window = [UInt8](repeating: 0, count: 64 * 1024)
        var consumed = 0
        while true {
            let produced = Int(stream.total_out)
            let code = step(&stream, bytes[consumed...], &window) { inflate($0, Z_NO_FLUSH) }
            consumed = Int(stream.total_in)
            let fresh = Int(stream.total_out) - produced
            guard output.count + fresh <= limit else { throw .overLimit(limit) }
            output.append(contentsOf: window[..<fresh])
            if code == Z_STREAM_END { break }
            guard code == Z_OK, fresh > 0 || consumed < bytes.count else { throw .damaged("zlib code \(code)") }
        }
        guard consumed == bytes.count else { throw .damaged("\(bytes.count - consumed) bytes follow the stream") }
        return output
    }

    /// One call of the library over whole arrays; the pointers live for that call only.
    private static func step(
        _ stream: inout z_stream, _ input: ArraySlice<UInt8>, _ output: inout [UInt8], _ call: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> Int32 {
        input.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return call(&stream)
            }
        }
    }
}
