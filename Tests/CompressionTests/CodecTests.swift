import Compression
import Seams
import Testing

@Suite struct CodecTests {
    /// Contents of several shapes and lengths, around the codecs' block borders too.
    static let contents: [[UInt8]] =
        [0, 1, 2, 100, 65_535, 65_536, 65_537, 131_072, 300_001].flatMap { length in
            [
                [UInt8](repeating: 7, count: length), SeededChance(seed: UInt64(length)).bytes(length),
                (0..<length).map { UInt8(truncatingIfNeeded: $0 / 3) },
            ]
        }

    @Test(arguments: Codec.allCases) func whatWasPackedUnpacks(_ codec: Codec) throws {
        for content in Self.contents {
            let packed = try codec.compress(content)
            #expect(Codec(magicOf: packed) == codec)
            #expect(try codec.decompress(packed, limit: content.count) == content)
        }
    }

    @Test(arguments: Codec.allCases, [1, 9]) func levelsUnpackAlike(_ codec: Codec, _ level: Int) throws {
        let content = Self.contents[20]
        #expect(try codec.decompress(try codec.compress(content, level: level), limit: content.count) == content)
    }

    @Test(arguments: Codec.allCases) func contentBeyondTheLimitIsRefused(_ codec: Codec) throws {
        for content in Self.contents where !content.isEmpty {
            let packed = try codec.compress(content)
            #expect(throws: CompressionError.overLimit(content.count - 1)) { try codec.decompress(packed, limit: content.count - 1) }
        }
    }

    @Test(arguments: Codec.allCases) func everyCutIsRefused(_ codec: Codec) throws {
        let packed = try codec.compress(Array("a short page of documents, a short page of documents".utf8))
        for end in 0..<packed.count { #expect(throws: CompressionError.self) { try codec.decompress(Array(packed[..<end]), limit: 1_000) } }
    }

    @Test(arguments: Codec.allCases) func whatFollowsIsRefused(_ codec: Codec) throws {
        let packed = try codec.compress([1, 2, 3])
        for tail in [[0], packed] { #expect(throws: CompressionError.self) { try codec.decompress(packed + tail, limit: 1_000) } }
    }

    /// Checksums inside the formats find flipped bits of the content; those of a header may be harmless, never more.
    @Test(arguments: Codec.allCases) func noFlippedBitUnpacksToOtherContent(_ codec: Codec) throws {
        let content = Array(#"{"body":{"partitions":6},"id":["orders"]}"#.utf8) + SeededChance(seed: 1).bytes(40)
        let packed = try codec.compress(content)
        var found = 0
        for bit in 0..<packed.count * 8 {
            var flipped = packed
            flipped[bit / 8] ^= 1 << (bit % 8)
            do throws(CompressionError) {
                let unpacked = try codec.decompress(flipped, limit: 10_000)
                #expect(unpacked == content, "bit \(bit)")
            } catch {
                found += 1
            }
        }
        #expect(found > packed.count * 7)
    }

    @Test(arguments: Codec.allCases) func noiseIsRefused(_ codec: Codec) {
        let chance = SeededChance(seed: 9)
        for length in 0..<300 {
            let noise = chance.bytes(length)
            #expect(throws: CompressionError.self) { try codec.decompress(noise, limit: 1_000) }
            #expect(Codec(magicOf: noise) == nil)
        }
    }

    @Test func aSmallObjectThatClaimsToBeHugeIsRefusedBeforeItIsHeld() throws {
        let packed = try Codec.gzip.compress([UInt8](repeating: 0, count: 50_000_000))
        #expect(packed.count < 100_000)
        #expect(throws: CompressionError.overLimit(1_000_000)) { try Codec.gzip.decompress(packed, limit: 1_000_000) }
        // A frame header of zstd that says 2^60 bytes.
        let claim: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0x01, 0, 0]
        #expect(throws: CompressionError.overLimit(1_000_000)) { try Codec.zstd.decompress(claim, limit: 1_000_000) }
    }
}
