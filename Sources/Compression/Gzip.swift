import CZlib

enum Gzip {
    /// Window of 32 KiB, with gzip's header and trailer instead of zlib's.
    private static let windowBits: Int32 = 15 + 16
    /// Bytes unpacked at a time.
    private static let windowLength = 64 * 1024

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

    /// One stream and nothing after it.
    static func decompress(_ bytes: [UInt8], limit: Int) throws(CompressionError) -> [UInt8] {
        var rest = bytes[...]
        var window = [UInt8](repeating: 0, count: windowLength)
        var output: [UInt8] = []
        try decompressMember(&rest, &window, into: &output, limit: limit)
        guard rest.isEmpty else { throw .damaged("\(rest.count) bytes follow the stream") }
        return output
    }

    /// One stream or several in a row, which together are what Java's reader takes them for.
    static func decompressMembers(_ bytes: ArraySlice<UInt8>, limit: Int) throws(CompressionError) -> [UInt8] {
        var rest = bytes
        var window = [UInt8](repeating: 0, count: windowLength)
        var output: [UInt8] = []
        repeat { try decompressMember(&rest, &window, into: &output, limit: limit) } while !rest.isEmpty
        return output
    }

    private static func decompressMember(
        _ rest: inout ArraySlice<UInt8>, _ window: inout [UInt8], into output: inout [UInt8], limit: Int
    ) throws(CompressionError) {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw .refused("zlib cannot start")
        }
        defer { inflateEnd(&stream) }
        guard rest.count < Int(UInt32.max) else { throw .overLimit(Int(UInt32.max)) }
        while true {
            let (consumed, produced) = (stream.total_in, stream.total_out)
            let code = step(&stream, rest, &window) { inflate($0, Z_NO_FLUSH) }
            let taken = Int(stream.total_in - consumed)
            rest = rest.dropFirst(taken)
            let fresh = Int(stream.total_out - produced)
            guard output.count + fresh <= limit else { throw .overLimit(limit) }
            output.append(contentsOf: window[..<fresh])
            if code == Z_STREAM_END { return }
            guard code == Z_OK, fresh > 0 || taken > 0 else { throw .damaged("zlib code \(code)") }
        }
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
