/// How the records of a Kafka batch may be packed, by the numbers of the batch's attributes (KIP-98, KIP-110).
///
/// Each is the form that Java's client writes, and each reads what other clients write too: gzip (RFC 1952), snappy plain
/// and in the blocks of snappy-java, lz4 frames, zstd frames (RFC 8878) with or without their content's size.
public enum RecordCodec: Int16, Sendable, CaseIterable {
    case gzip = 1
    case snappy, lz4, zstd

    /// Packs. `level` is the codec's own (snappy has none); nil is the usual middle.
    public func compress(_ bytes: [UInt8], level: Int? = nil) throws(CompressionError) -> [UInt8] {
        switch self {
        case .gzip: try Gzip.compress(bytes, level: Int32(clamping: level ?? Codec.gzip.usualLevel))
        case .snappy: try Snappy.compress(bytes)
        case .lz4: try LZ4.compress(bytes, level: Int32(clamping: level ?? 0))
        case .zstd: try Zstd.compress(bytes, level: Int32(clamping: level ?? Codec.zstd.usualLevel))
        }
    }

    /// Unpacks all of `bytes`. More than `limit` bytes of content is an error. What is reserved grows with what is really
    /// there, packed and unpacked, whatever sizes the bytes claim.
    public func decompress(_ bytes: ArraySlice<UInt8>, limit: Int) throws(CompressionError) -> [UInt8] {
        switch self {
        case .gzip: try Gzip.decompressMembers(bytes, limit: limit)
        case .snappy: try Snappy.decompress(bytes, limit: limit)
        case .lz4: try LZ4.decompress(bytes, limit: limit)
        case .zstd: try Zstd.decompressFrames(bytes, limit: limit)
        }
    }
}
