import Bytes
import Compression
import Seams
import Testing

@Suite("Codecs of record batches") struct RecordCodecTests {
    @Test("what was packed unpacks, whatever its length", arguments: RecordCodec.allCases)
    func roundTrip(_ codec: RecordCodec) throws {
        for content in CodecTests.contents {
            let packed = try codec.compress(content)
            #expect(try codec.decompress(packed[...], limit: content.count) == content)
        }
    }

    @Test("levels unpack alike", arguments: RecordCodec.allCases, [1, 9])
    func levels(_ codec: RecordCodec, _ level: Int) throws {
        let content = CodecTests.contents[20]
        #expect(try codec.decompress(try codec.compress(content, level: level)[...], limit: content.count) == content)
    }

    @Test("content beyond the limit is refused", arguments: RecordCodec.allCases)
    func limit(_ codec: RecordCodec) throws {
        for content in CodecTests.contents where !content.isEmpty {
            let packed = try codec.compress(content)
            #expect(throws: CompressionError.self) { try codec.decompress(packed[...], limit: content.count - 1) }
        }
        let bomb = try codec.compress([UInt8](repeating: 0, count: 50_000_000))
        #expect(bomb.count < 3_000_000)
        #expect(throws: CompressionError.overLimit(1_000_000)) { try codec.decompress(bomb[...], limit: 1_000_000) }
    }

    @Test("every cut is refused, and so is what follows", arguments: RecordCodec.allCases)
    func cuts(_ codec: RecordCodec) throws {
        let packed = try codec.compress(Array("high water, low water, high water, low water".utf8))
        // Between two blocks of snappy or two frames of zstd nothing is missing that a reader could know of.
        let whole: Set<Int> = codec == .snappy ? [16] : codec == .zstd ? [0] : []
        for end in 0..<packed.count where !whole.contains(end) {
            #expect(throws: CompressionError.self, "\(end)") { try codec.decompress(packed[..<end], limit: 1_000) }
        }
        #expect(throws: CompressionError.self) { try codec.decompress((packed + [0])[...], limit: 1_000) }
    }

    @Test("noise is refused", arguments: RecordCodec.allCases)
    func noise(_ codec: RecordCodec) {
        let chance = SeededChance(seed: 9)
        var refused = 0
        for length in 1..<300 {
            do throws(CompressionError) {
                // A plain block of snappy has no magic number: short noise may be one.
                let content = try codec.decompress(chance.bytes(length)[...], limit: 1_000)
                #expect(codec == .snappy && content.count <= length * 22)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 290)
    }

    /// What snappy-java wrote: two streams in a row, each with blocks of 1,024 bytes, of "tide" over and over.
    static let javaStreams = """
        82534e415050590000000001000000010000003780080c74696465fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe\
        0400fe0400fe0400fe0400fe0400fe0400ee04000000003780080c74696465fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400\
        fe0400fe0400fe0400fe0400fe0400fe0400fe0400ee040000000034b8070c74696465fe0400fe0400fe0400fe0400fe0400fe0400fe04\
        00fe0400fe0400fe0400fe0400fe0400fe0400fe0400ce040082534e415050590000000001000000010000003780080c74696465fe0400\
        fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400ee04000000003780080c746964\
        65fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400ee040000000034b807\
        0c74696465fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400fe0400ce0400
        """

    @Test("snappy-java's blocks are read, and streams that follow each other")
    func javaSnappy() throws {
        let bytes = try #require([UInt8](hex: Self.javaStreams))
        let tide = (0..<3_000).map { Array("tide".utf8)[$0 % 4] }
        #expect(try RecordCodec.snappy.decompress(bytes[...], limit: 6_000) == tide + tide)
        #expect(throws: CompressionError.self) { try RecordCodec.snappy.decompress(bytes[...], limit: 5_999) }
    }

    @Test("a plain snappy block is read, as librdkafka writes it")
    func plainSnappy() throws {
        // Length 12; a literal of four; a copy of eight from four back (format_description.txt of snappy).
        let block: [UInt8] = [12, 3 << 2] + Array("tide".utf8) + [(8 - 4) << 2 | 1, 4]
        #expect(try RecordCodec.snappy.decompress(block[...], limit: 12) == Array("tidetidetide".utf8))
    }

    @Test("a claim that the bytes cannot keep is refused before room is made")
    func claims() {
        // A plain snappy block that says 2^31 bytes; Java's frame with a block of 2^31 bytes; a zstd frame that says 2^60.
        let plain: [UInt8] = [0x80, 0x80, 0x80, 0x80, 0x08, 0]
        let java: [UInt8] = [0x82] + Array("SNAPPY".utf8) + [0, 0, 0, 0, 1, 0, 0, 0, 1, 0x80, 0, 0, 0, 1]
        #expect(throws: CompressionError.self) { try RecordCodec.snappy.decompress(plain[...], limit: .max) }
        #expect(throws: CompressionError.self) { try RecordCodec.snappy.decompress(java[...], limit: .max) }
        let claim: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x01, 0, 0]
        #expect(throws: CompressionError.self) { try RecordCodec.zstd.decompress(claim[...], limit: 1 << 40) }
    }

    @Test("zstd frames without their content's size are read, and several in a row")
    func zstdFrames() throws {
        // No content size, window of 1 KiB; one raw block, the last, of four bytes.
        let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x00, 0x21, 0x00, 0x00] + Array("tide".utf8)
        #expect(try RecordCodec.zstd.decompress((frame + frame)[...], limit: 8) == Array("tidetide".utf8))
        #expect(throws: CompressionError.overLimit(7)) { try RecordCodec.zstd.decompress((frame + frame)[...], limit: 7) }
    }

    @Test("gzip members in a row are one content")
    func gzipMembers() throws {
        let packed = try RecordCodec.gzip.compress([1, 2]) + RecordCodec.gzip.compress([3])
        #expect(try RecordCodec.gzip.decompress(packed[...], limit: 3) == [1, 2, 3])
        #expect(throws: CompressionError.overLimit(2)) { try RecordCodec.gzip.decompress(packed[...], limit: 2) }
    }
}
