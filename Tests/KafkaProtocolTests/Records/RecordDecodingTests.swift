import Bytes
import Recordings
import Testing

@testable import Compression
@testable import KafkaProtocol

@Suite("Records of a batch") struct RecordDecodingTests {
    @Test("what Kafka's own code packed is read to the byte, in every codec", arguments: RecordBatch.Compression.allCases)
    func golden(_ compression: RecordBatch.Compression) throws {
        let batch = try GoldenBatches.batch(try #require(GoldenBatches.packed[compression]))
        #expect(batch.compression == compression)
        #expect(try batch.records() == GoldenBatches.records)
        #expect(batch.isTransactional && batch.producerID == 7 && batch.producerEpoch == 3 && batch.baseSequence == 5)
    }

    @Test("unpacked, and packed again, a batch is the one that Kafka's own code wrote", arguments: RecordBatch.Compression.allCases)
    func repacked(_ compression: RecordBatch.Compression) throws {
        let golden = try GoldenBatches.batch(try #require(GoldenBatches.packed[compression]))
        let plain = try golden.packed(with: .none)
        #expect(plain.bytes.hex == GoldenBatches.packed[RecordBatch.Compression.none])
        let packed = try plain.packed(with: compression)
        #expect(packed.compression == compression)
        #expect(try RecordBatch(from: packed.bytes[...]).records() == GoldenBatches.records)
    }

    @Test("our encoder writes what Kafka's own code writes")
    func encoded() throws {
        let records = GoldenBatches.records.map(\.record)
        var batch = RecordBatch(records)
        let golden = try GoldenBatches.batch(try #require(GoldenBatches.packed[RecordBatch.Compression.none]))
        #expect(batch.bytes[61...] == golden.bytes[61...])
        #expect(batch.maxTimestamp == golden.maxTimestamp && batch.baseTimestamp == golden.baseTimestamp)
        batch.baseOffset = 4711
        #expect(try batch.records() == GoldenBatches.records)
    }

    @Test("with LogAppendTime every record bears the batch's time")
    func logAppendTime() throws {
        let batch = try GoldenBatches.batch(GoldenBatches.stampedOnAppend)
        let records = try batch.records()
        #expect(records.map(\.record.timestamp) == Array(repeating: GoldenBatches.time + 99, count: 3))
        #expect(records.map(\.record.value) == GoldenBatches.records.map(\.record.value))
        let plain = try GoldenBatches.batch(try #require(GoldenBatches.packed[.zstd]))
        #expect(plain.stamped(GoldenBatches.time + 99, isLogAppendTime: true) == batch)
        #expect(batch.stamped(plain.maxTimestamp, isLogAppendTime: false) == plain)
    }

    @Test("a compacted batch keeps the offsets of what is left")
    func holes() throws {
        let batch = try GoldenBatches.batch(GoldenBatches.holes)
        #expect(try batch.records().map(\.offset) == [101, 104])
        #expect(batch.baseOffset == 100 && batch.lastOffset == 105)
        let again = RecordBatch(
            try batch.records().map { StoredRecord(offset: $0.offset - 100, record: $0.record) }, lastOffsetDelta: batch.lastOffsetDelta)
        #expect(try again.records().map(\.offset) == [1, 4])
        let empty = try GoldenBatches.batch(GoldenBatches.emptied)
        #expect(try empty.records().isEmpty && empty.lastOffset == 105)
    }

    @Test("markers say how a transaction ended")
    func markers() throws {
        #expect(try GoldenBatches.batch(GoldenBatches.abort).controlMarker() == .abort(coordinatorEpoch: 11))
        #expect(try GoldenBatches.batch(GoldenBatches.commit).controlMarker() == .commit(coordinatorEpoch: 11))
        #expect(try RecordBatch([Record(timestamp: 0, key: [0, 0, 0, 0], value: nil)]).controlMarker() == nil)
    }

    @Test("message sets of old formats are named as such")
    func oldFormats() {
        for (magic, hex) in GoldenBatches.oldFormats.enumerated() {
            #expect(throws: RecordBatch.Flaw.oldFormat(magic: Int8(magic))) { try GoldenBatches.batch(hex) }
        }
        #expect("\(RecordBatch.Flaw.oldFormat(magic: 1))" == "a message set of format 1, as brokers before 0.11 wrote it, is not supported")
    }

    @Test("every batch that the recorded broker sent is read, and holds what its header counts")
    func recorded() throws {
        var counted: [RecordBatch.Compression: Int] = [:]
        var markers = 0
        for recording in Recording.named("Fetch") {
            let (_, response, _) = try Frame.decodeResponse(
                to: FetchRequest.self, version: recording.version, from: recording.responseBytes)
            for partition in response.responses.flatMap(\.partitions) {
                for batch in try RecordBatch.batches(in: partition.records?.bytes ?? []) {
                    let records = try batch.records()
                    #expect(records.count == Int(batch.recordCount))
                    #expect(records.map(\.record.timestamp).max() == batch.maxTimestamp)
                    #expect(records.last?.offset == batch.lastOffset)
                    counted[try #require(batch.compression), default: 0] += records.count
                    if try batch.controlMarker() != nil { markers += 1 }
                }
            }
        }
        #expect(counted.count == 5 && counted.values.allSatisfy { $0 > 0 })
        #expect(markers > 0)
    }

    // MARK: What is refused

    /// A batch of one record whose bytes after the length are `content`.
    private func batch(_ content: [UInt8], count: Int32 = 1, lastOffsetDelta: Int32 = 0, attributes: UInt8 = 0) throws -> RecordBatch {
        var body: [UInt8] = []
        body.appendVarint(Int64(content.count))
        var header = Array(RecordBatch([Record(timestamp: 5, key: nil, value: nil)]).bytes[..<61])
        header[22] = attributes
        header.replaceSubrange(23..<27, with: withUnsafeBytes(of: lastOffsetDelta.bigEndian, Array.init))
        header.replaceSubrange(57..<61, with: withUnsafeBytes(of: count.bigEndian, Array.init))
        return RecordBatch(header: header, body: body + content)
    }

    @Test("a record is refused that is not what it should be")
    func malformed() throws {
        // Attributes, two deltas, a null key, a null value, no headers.
        let plain: [UInt8] = [0, 0, 0, 1, 1, 0]
        #expect(try batch(plain).records() == [StoredRecord(offset: 0, record: Record(timestamp: 5, key: nil, value: nil))])
        let header: [UInt8] = [0, 0, 0, 1, 1, 2, 2, 104, 1]
        #expect(try batch(header).records().first?.record.headers == [.init(key: [104], value: nil)])
        let refused: [(String, [UInt8])] = [
            ("a header with a null key", [0, 0, 0, 1, 1, 2, 1, 1]), ("a negative count of headers", [0, 0, 0, 1, 1, 1]),
            ("more headers than bytes", [0, 0, 0, 1, 1, 200, 1, 0]), ("a byte too many", plain + [0]),
            ("a byte too few", Array(plain.dropLast())),
            ("a key beyond the end", [0, 0, 0, 100, 1, 0]),
            ("a varint of eleven bytes", [0] + Array(repeating: 0x80, count: 10) + [0, 0, 1, 1, 0]),
            ("an offset beyond the last", [0, 0, 2, 1, 1, 0]), ("an offset below the first", [0, 0, 1, 1, 1, 0]),
            ("an offset of 33 bits", [0, 0, 0xfe, 0xff, 0xff, 0xff, 0x1f, 1, 1, 0]),
        ]
        for (what, content) in refused {
            #expect(throws: RecordFlaw.self, "\(what)") { try batch(content).records() }
        }
    }

    @Test("a count is bounded by the bytes and the offsets before anything is reserved")
    func counts() throws {
        let plain: [UInt8] = [0, 0, 0, 1, 1, 0]
        for count: Int32 in [-1, 2, .max] {
            #expect(throws: RecordFlaw.badCount(count)) { try batch(plain, count: count, lastOffsetDelta: .max - 1).records() }
        }
        #expect(throws: RecordFlaw.badCount(1)) { try batch(plain, count: 1, lastOffsetDelta: -1).records() }
        #expect(throws: RecordFlaw.trailingBytes(7)) { try batch(plain, count: 0).records() }
        #expect(throws: RecordFlaw.unknownCodec(6)) { try batch(plain, attributes: 6).records() }
    }

    @Test("a batch that unpacks to more than is allowed is an error", arguments: RecordBatch.Compression.allCases)
    func bomb(_ compression: RecordBatch.Compression) throws {
        let big = RecordBatch([Record(timestamp: 0, key: nil, value: Array(repeating: 0, count: 20_000_000))])
        let packed = try big.packed(with: compression)
        #expect(throws: RecordFlaw.compression(.overLimit(1_000_000))) { try packed.records(limit: 1_000_000) }
        #expect(try packed.records(limit: 21_000_000).count == 1)
    }
}
