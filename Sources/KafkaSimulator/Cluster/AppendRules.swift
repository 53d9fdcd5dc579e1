import Bytes
import KafkaProtocol
import Seams

/// What a topic's configs demand of a batch before it is appended.
struct AppendRules {
    struct Flaw: Error {
        var code: ErrorCode
        var message: String?
        var recordErrors: [ProduceHandler.PartitionResult.BatchIndexAndErrorMessage] = []
    }

    let minimumInSync: Int
    private let topic: ByteString
    private let greatestSize: Int
    private let isCompacted: Bool
    private let stampsOnAppend: Bool
    private let aheadLimit: Int64
    private let behindLimit: Int64

    init(_ topic: Topic, _ configs: ConfigStore, broker: Int32) {
        func value(_ name: ByteString) -> String { configs.effective(name, of: topic.configs, broker: broker)?.description ?? "" }
        self.topic = topic.name
        minimumInSync = Int(value("min.insync.replicas")) ?? 1
        greatestSize = Int(value("max.message.bytes")) ?? .max
        isCompacted = value("cleanup.policy").contains("compact")
        stampsOnAppend = value("message.timestamp.type") == "LogAppendTime"
        aheadLimit = Int64(value("message.timestamp.after.max.ms")) ?? .max
        behindLimit = Int64(value("message.timestamp.before.max.ms")) ?? .max
    }

    /// The one batch in `bytes`, stamped where the topic wants that, or why it is refused.
    func check(_ bytes: [UInt8], partition: Int32, version: Int16, now: Timestamp) -> Result<RecordBatch, Flaw> {
        let batch: RecordBatch
        do throws(RecordBatch.Flaw) {
            batch = try RecordBatch(from: bytes[...])
        } catch {
            switch error {
            case .oldFormat:
                return .failure(
                    Flaw(
                        code: .invalidRecord,
                        message:
                            "Produce requests with version \(version) are only allowed to contain record batches with magic version 2"))
            case .cutShort, .badLength, .checksumMismatch: return .failure(Flaw(code: .corruptMessage))
            }
        }
        guard batch.bytes.count == bytes.count else {
            return .failure(
                Flaw(
                    code: .invalidRecord,
                    message: "Produce requests with version \(version) are only allowed to contain exactly one record batch per partition"))
        }
        if batch.isControl { return .failure(Flaw(code: .invalidRecord, message: "Clients are not allowed to write control records.")) }
        if batch.bytes.count > greatestSize {
            return .failure(
                Flaw(
                    code: .messageTooLarge,
                    message:
                        "The record batch size in the append to \(topic)-\(partition) is \(batch.bytes.count) bytes which exceeds the maximum configured value of \(greatestSize)."
                ))
        }
        if batch.compression == nil || (batch.compression == .zstd && version < 7) {
            return .failure(Flaw(code: .unsupportedCompressionType))
        }
        if isCompacted, let records = batch.plainRecords(), let keyless = records.firstIndex(where: { $0.key == nil }) {
            return .failure(
                refused(
                    .invalidRecord, record: keyless,
                    "Compacted topic cannot accept message without key in topic partition \(topic)-\(partition)."))
        }
        if stampsOnAppend { return .success(batch.stamped(now)) }
        let stamp = batch.maxTimestamp
        if stamp &- now.milliseconds > aheadLimit || (now.milliseconds &- batch.baseTimestamp > behindLimit) {
            return .failure(
                refused(.invalidTimestamp, record: 0, "Timestamp \(stamp) of message with offset 0 is out of range."))
        }
        return .success(batch)
    }

    private func refused(_ code: ErrorCode, record: Int, _ message: String) -> Flaw {
        var detail = ProduceHandler.PartitionResult.BatchIndexAndErrorMessage()
        detail.batchIndex = Int32(record)
        detail.batchIndexErrorMessage = ByteString(message)
        return Flaw(
            code: code,
            message:
                "One or more records have been rejected due to 1 record errors in total, and only showing the first three errors at most: [RecordError(batchIndex=\(record), message='\(message)')]",
            recordErrors: [detail])
    }
}

extension RecordBatch {
    /// The batch with LogAppendTime: the attribute set, the greatest timestamp replaced, the checksum made anew.
    func stamped(_ now: Timestamp) -> RecordBatch {
        var bytes = bytes
        bytes[22] |= 8
        withUnsafeBytes(of: now.milliseconds.bigEndian) { bytes.replaceSubrange(35..<43, with: $0) }
        withUnsafeBytes(of: CRC32C.checksum(bytes[21...]).bigEndian) { bytes.replaceSubrange(17..<21, with: $0) }
        // The bytes were a whole batch before, and no length has changed.
        return (try? RecordBatch(from: bytes[...], verifying: false)) ?? self
    }
}
