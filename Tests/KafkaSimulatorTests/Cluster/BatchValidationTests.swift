import Bytes
import KafkaProtocol
import Testing

@testable import KafkaSimulator

@Suite("A broker opens the batches that it is given") struct BatchValidationTests {
    private func produce(
        _ batch: RecordBatch, configs: [ByteString: ByteString] = [:], version: Int16 = 12
    ) throws -> (row: ProduceHandler.PartitionResult, stage: BrokerStage) {
        var stage = BrokerStage()
        stage.plant("t", configs: configs)
        var data = ProduceRequest.TopicProduceData.PartitionProduceData()
        data.records = Blob(batch.bytes)
        var topic = ProduceRequest.TopicProduceData()
        topic.name = "t"
        topic.partitionData = [data]
        var request = ProduceRequest()
        request.acks = -1
        request.topicData = [topic]
        let answer = try stage.call(ProduceHandler.self, request, version: version)
        return (try #require(answer.responses.first?.partitionResponses.first), stage)
    }

    private func stored(_ stage: BrokerStage) throws -> RecordBatch {
        try #require(stage.state.topics["t"]?.partitions[0].log.batches.first)
    }

    private static let time: Int64 = 1_795_453_268_532
    private static let records = (0..<3).map { Record(timestamp: time - 100 + Int64($0) * 10, key: [UInt8($0)], value: Array("tide".utf8)) }

    @Test("records without a key are refused on a compacted topic, each by name", arguments: RecordBatch.Compression.allCases)
    func keyless(_ compression: RecordBatch.Compression) throws {
        var records = Self.records
        records[0].key = nil
        records[2].key = nil
        let (row, stage) = try produce(try RecordBatch(records).packed(with: compression), configs: ["cleanup.policy": "compact"])
        #expect(row.errorCode == .invalidRecord && row.baseOffset == -1)
        #expect(row.recordErrors.map(\.batchIndex) == [0, 2])
        #expect(row.errorMessage?.description.contains("due to 2 record errors in total") == true)
        #expect(stage.state.topics["t"]?.partitions[0].log.endOffset == 0)
    }

    @Test("a time out of range is found inside of a packed batch", arguments: RecordBatch.Compression.allCases)
    func times(_ compression: RecordBatch.Compression) throws {
        var records = Self.records
        records[1].timestamp = Self.time + 3_600_001
        let (row, _) = try produce(try RecordBatch(records).packed(with: compression))
        #expect(row.errorCode == .invalidTimestamp && row.recordErrors.map(\.batchIndex) == [1])
        #expect(row.errorMessage == "One or more records have been rejected due to invalid timestamp")
        records[1].timestamp = -1
        #expect(try produce(try RecordBatch(records).packed(with: compression)).row.errorCode == .none)
        records[1].timestamp = Self.time - 60_001
        let old = try produce(
            try RecordBatch(records).packed(with: compression), configs: ["message.timestamp.before.max.ms": "60000"])
        #expect(old.row.errorCode == .invalidTimestamp)
    }

    @Test("a topic's own compression packs every batch anew", arguments: RecordBatch.Compression.allCases)
    func recompressed(_ wanted: RecordBatch.Compression) throws {
        let name: ByteString = wanted == .none ? "uncompressed" : ByteString("\(wanted)")
        for given in RecordBatch.Compression.allCases {
            let (row, stage) = try produce(try RecordBatch(Self.records).packed(with: given), configs: ["compression.type": name])
            #expect(row.errorCode == .none && row.baseOffset == 0)
            let batch = try RecordBatch(from: try stored(stage).bytes[...])
            #expect(batch.compression == wanted)
            #expect(try batch.records().map(\.record) == Self.records)
        }
    }

    @Test("without one the producer's batch is kept to the byte", arguments: RecordBatch.Compression.allCases)
    func kept(_ compression: RecordBatch.Compression) throws {
        let batch = try RecordBatch(Self.records).packed(with: compression)
        let (_, stage) = try produce(batch)
        #expect(try stored(stage).bytes.dropFirst(16) == batch.bytes.dropFirst(16))
    }

    @Test("a topic that stamps sets the time of every record, and the checksum is right", arguments: RecordBatch.Compression.allCases)
    func stamped(_ compression: RecordBatch.Compression) throws {
        let (row, stage) = try produce(
            try RecordBatch(Self.records).packed(with: compression), configs: ["message.timestamp.type": "LogAppendTime"])
        #expect(row.logAppendTimeMs == Self.time)
        let batch = try RecordBatch(from: try stored(stage).bytes[...])
        #expect(try batch.records().map(\.record.timestamp) == [Self.time, Self.time, Self.time])
        let log = try #require(stage.state.topics["t"]?.partitions[0].log)
        #expect(try #require(log.firstRecord(notBefore: Self.time - 5)) == (0, Self.time))
        #expect(try #require(log.recordOfGreatestTimestamp) == (0, Self.time))
    }

    @Test("a look-up by time gives the record, also inside of a packed batch", arguments: RecordBatch.Compression.allCases)
    func lookUp(_ compression: RecordBatch.Compression) throws {
        let (_, stage) = try produce(try RecordBatch(Self.records).packed(with: compression))
        let log = try #require(stage.state.topics["t"]?.partitions[0].log)
        #expect(try #require(log.firstRecord(notBefore: Self.time - 95)) == (1, Self.time - 90))
        #expect(try #require(log.recordOfGreatestTimestamp) == (2, Self.time - 80))
        #expect(log.firstRecord(notBefore: Self.time) == nil)
    }

    /// A batch with some of its bytes changed, and a right checksum.
    private func changed(_ batch: RecordBatch, _ change: (inout [UInt8]) -> Void) throws -> RecordBatch {
        var bytes = batch.bytes
        change(&bytes)
        withUnsafeBytes(of: CRC32C.checksum(bytes[21...]).bigEndian) { bytes.replaceSubrange(17..<21, with: $0) }
        return try RecordBatch(from: bytes[...])
    }

    @Test("a greatest time that is not the records' is set right")
    func wrongMaximum() throws {
        let lying = try changed(try RecordBatch(Self.records).packed(with: .lz4)) { $0[35] = 0x7f }
        let (row, stage) = try produce(lying)
        #expect(row.errorCode == .none)
        #expect(try stored(stage).maxTimestamp == Self.time - 80)
    }

    @Test("a batch whose records are not what it says is refused")
    func inconsistent() throws {
        let plain = RecordBatch(Self.records)
        let packed = try plain.packed(with: .gzip)
        let cases: [(ErrorCode, RecordBatch)] = [
            (.invalidRecord, try changed(plain) { $0[60] = 2 }),
            (.invalidRecord, try changed(plain) { $0[26] = 5 }),
            (.invalidRecord, try changed(plain) { $0[7] = 1 }),
            (.invalidRecord, try changed(plain) { $0[61] += 2 }),
            (.invalidRecord, try changed(packed) { bytes in (bytes[26], bytes[60]) = (1, 2) }),
            (.unknownServerError, try changed(packed) { $0[61] = 0 }),
            (.unknownServerError, try changed(packed) { $0[80] ^= 0xff }),
        ]
        for (index, (code, batch)) in cases.enumerated() {
            let (row, stage) = try produce(batch)
            #expect(row.errorCode == code, "case \(index)")
            #expect(stage.state.topics["t"]?.partitions[0].log.endOffset == 0)
        }
    }

    @Test("packed anew, a batch may be too large")
    func grown() throws {
        let records = [Record(timestamp: Self.time, key: [1], value: Array(repeating: 0, count: 5_000))]
        let (row, _) = try produce(
            try RecordBatch(records).packed(with: .zstd), configs: ["compression.type": "uncompressed", "max.message.bytes": "1000"])
        #expect(row.errorCode == .messageTooLarge)
    }
}
