import CSnappy

/// Snappy blocks, plain or in the frame that snappy-java puts around them.
///
/// That frame: the eight bytes 82 "SNAPPY" 00, a version and a compatible version as int32, then blocks, each led by its
/// length as int32, all big-endian. Streams may follow each other, each with its own 16 bytes in front.
enum Snappy {
    private static let magic: [UInt8] = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]
    private static let headerLength = 16
    /// What snappy-java puts into one block.
    private static let blockLength = 32 * 1024
    /// No element of a block gives more: three bytes copy 64 at most.
    private static let greatestRatio = 22

    /// In the frame, as Java's producer writes it; librdkafka reads both forms.
    static func compress(_ bytes: [UInt8]) throws(CompressionError) -> [UInt8] {
        var output = magic + [0, 0, 0, 1, 0, 0, 0, 1]
        var rest = bytes[...]
        while !rest.isEmpty {
            let block = try compressBlock(rest.prefix(blockLength))
            withUnsafeBytes(of: UInt32(block.count).bigEndian) { output.append(contentsOf: $0) }
            output += block
            rest = rest.dropFirst(blockLength)
        }
        return output
    }

    static func compressBlock(_ bytes: ArraySlice<UInt8>) throws(CompressionError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: snappy_max_compressed_length(bytes.count))
        var length = output.count
        let status = bytes.withUnsafeBytes { input in
            output.withUnsafeMutableBytes { output in
                snappy_compress(
                    input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count,
                    output.baseAddress?.assumingMemoryBound(to: CChar.self), &length)
            }
        }
        guard status == SNAPPY_OK else { throw .refused("snappy code \(status.rawValue)") }
        output.removeLast(output.count - length)
        return output
    }

    static func decompress(_ bytes: ArraySlice<UInt8>, limit: Int) throws(CompressionError) -> [UInt8] {
        guard bytes.starts(with: magic) else { return try decompressBlock(bytes, limit: limit, held: 0) }
        var output: [UInt8] = []
        var rest = bytes
        while !rest.isEmpty {
            if rest.starts(with: magic) {
                guard rest.count >= headerLength else { throw .damaged("a snappy header that is cut short") }
                rest = rest.dropFirst(headerLength)
                continue
            }
            guard rest.count >= 4 else { throw .damaged("a snappy block without its length") }
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard length <= rest.count else { throw .damaged("a snappy block of \(length) bytes, of which \(rest.count) are there") }
            output += try decompressBlock(rest.prefix(length), limit: limit, held: output.count)
            rest = rest.dropFirst(length)
        }
        return output
    }

    /// `held`: what earlier blocks gave, which counts for the limit.
    private static func decompressBlock(_ bytes: ArraySlice<UInt8>, limit: Int, held: Int) throws(CompressionError) -> [UInt8] {
        var declared = 0
        let readable = bytes.withUnsafeBytes {
            snappy_uncompressed_length($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count, &declared)
        }
        guard !bytes.isEmpty, readable == SNAPPY_OK else { throw .damaged("not a snappy block") }
        // The claim is judged before room is made for it.
        guard declared <= bytes.count * greatestRatio else { throw .damaged("a snappy block cannot hold the \(declared) bytes it claims") }
        guard declared <= limit - held else { throw .overLimit(limit) }
        var output = [UInt8](repeating: 0, count: declared)
        var length = declared
        let status = bytes.withUnsafeBytes { input in
            output.withUnsafeMutableBytes { output in
                snappy_uncompress(
                    input.baseAddress?.assumingMemoryBound(to: CChar.self), input.count,
                    output.baseAddress?.assumingMemoryBound(to: CChar.self), &length)
            }
        }
        guard status == SNAPPY_OK, length == declared else { throw .damaged("a snappy block that does not unpack") }
        return output
    }
}
