import Bytes
import Recordings
import Testing

@testable import KafkaProtocol

@Suite struct RecordBatchTests {
    @Test func checksumHasTheCheckValueWithAndWithoutTheInstruction() {
        let digits = Array("123456789".utf8)
        #expect(CRC32C.checksum(digits[...]) == 0xe306_9283)
        #expect(digits.withUnsafeBytes { CRC32C.tableChecksum($0) } == 0xe306_9283)
    }

    @Test func bothWaysOfTheChecksumAgreeAtEveryLength() {
        let bytes = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
        for length in 0...bytes.count {
            let part = bytes[..<length]
            #expect(CRC32C.checksum(part) == part.withUnsafeBytes { CRC32C.tableChecksum($0) })
        }
    }

    /// Every batch that the recorded broker sent, in every compression, control batches included.
    @Test func recordedBatchesParseWithARightChecksum() throws {
        var seen: Set<RecordBatch.Compression> = []
        var batches = 0
        var control = 0
        for recording in Recording.named("Fetch") {
            let (_, response, _) = try Frame.decodeResponse(
                to: FetchRequest.self, version: recording.version, from: recording.responseBytes)
            for partition in response.responses.flatMap(\.partitions) {
                for batch in try RecordBatch.batches(in: partition.records?.bytes ?? []) {
                    batches += 1
                    seen.insert(try #require(batch.compression))
                    if batch.isControl { control += 1 }
                    #expect(batch.recordCount > 0 && batch.lastOffset >= batch.baseOffset)
                }
            }
        }
        #expect(batches > 100)
        #expect(control > 0)
        #expect(seen == [.none, .gzip, .snappy, .lz4, .zstd])
    }

    @Test func aBatchOfOursReadsBack() throws {
        let records = [
            Record(timestamp: 1_700_000_000_000, key: Array("k".utf8), value: nil),
            Record(timestamp: 1_700_000_000_000 + 40 * 86_400_000, key: nil, value: [0, 255], headers: [.init(key: [104], value: nil)]),
            Record(timestamp: 1_600_000_000_000, key: [], value: []),
        ]
        let batch = try RecordBatch(from: RecordBatch(records).bytes[...])
        #expect(try batch.records().map(\.record) == records)
        #expect(batch.recordCount == 3 && batch.lastOffsetDelta == 2)
        #expect(batch.baseTimestamp == 1_700_000_000_000 && batch.maxTimestamp == 1_700_000_000_000 + 40 * 86_400_000)
    }

    @Test func anOffsetMayBeSetWithoutTouchingTheChecksum() throws {
        var batch = RecordBatch([Record(timestamp: 1, key: nil, value: [1])])
        batch.baseOffset = 4711
        batch.partitionLeaderEpoch = 3
        let again = try RecordBatch(from: batch.bytes[...])
        #expect(again.baseOffset == 4711 && again.lastOffset == 4711 && again.partitionLeaderEpoch == 3)
    }

    @Test func everyFlippedBitOfTheCoveredPartIsFound() {
        let bytes = RecordBatch([Record(timestamp: 1, key: [9], value: [1, 2, 3])]).bytes
        for bit in 17 * 8..<bytes.count * 8 {
            var damaged = bytes
            damaged[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: RecordBatch.Flaw.self) { try RecordBatch(from: damaged[...]) }
        }
    }

    @Test func aCutBatchAtTheEndOfAFetchIsLeftOutAndTheOthersAreKept() throws {
        let batch = RecordBatch([Record(timestamp: 1, key: nil, value: [1])]).bytes
        for cut in 0..<batch.count {
            #expect(try RecordBatch.batches(in: batch + batch.prefix(cut)).count == 1)
        }
    }

    @Test func anOldMessageSetIsNamedAsSuch() {
        var bytes = RecordBatch([Record(timestamp: 1, key: nil, value: [1])]).bytes
        bytes[16] = 1
        #expect(throws: RecordBatch.Flaw.oldFormat(magic: 1)) { try RecordBatch(from: bytes[...]) }
    }
}
