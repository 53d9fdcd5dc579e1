import Compression

extension FuzzTarget {
    /// Packed bytes; the first byte chooses the codec, the second the limit in units of 256 bytes. More than that never comes
    /// out, and what comes out packs and unpacks.
    static let codecs = FuzzTarget("codecs", upTo: 4096) { input in
        let codec = RecordCodec.allCases[Int(input.byte()) % RecordCodec.allCases.count]
        let limit = Int(input.byte()) << 8
        guard let content = try? codec.decompress(input.rest, limit: limit) else { return }
        try hold(content.count <= limit, "\(content.count) bytes came out")
        try hold(try codec.decompress(try codec.compress(content)[...], limit: limit) == content, "it does not pack and unpack")
    }
}
