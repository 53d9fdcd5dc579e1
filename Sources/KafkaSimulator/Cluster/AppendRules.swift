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
    private let validation: BatchValidation

    init(_ topic: Topic, partition: Int32, _ configs: ConfigStore, broker: Int32) {
        func value(_ name: ByteString) -> String { configs.effective(name, of: topic.configs, broker: broker)?.description ?? "" }
        self.topic = topic.name
        minimumInSync = Int(value("min.insync.replicas")) ?? 1
        greatestSize = Int(value("max.message.bytes")) ?? .max
        validation = BatchValidation(
            topic: topic.name, partition: partition, isCompacted: value("cleanup.policy").contains("compact"),
            stampsOnAppend: value("message.timestamp.type") == "LogAppendTime",
            aheadLimit: Int64(value("message.timestamp.after.max.ms")) ?? .max,
            behindLimit: Int64(value("message.timestamp.before.max.ms")) ?? .max,
            compression: RecordBatch.Compression(configured: value("compression.type")))
    }

    /// The one batch in `bytes` as it is to be stored, or why it is refused.
    func check(_ bytes: [UInt8], version: Int16, now: Timestamp) -> Result<RecordBatch, Flaw> {
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
        if let flaw = sizeFlaw(batch) { return .failure(flaw) }
        if batch.compression == nil || (batch.compression == .zstd && version < 7) {
            return .failure(Flaw(code: .unsupportedCompressionType))
        }
        // Packed anew, a batch may have grown.
        return validation.validated(batch, now: now).flatMap { batch in sizeFlaw(batch).map { .failure($0) } ?? .success(batch) }
    }

    private func sizeFlaw(_ batch: RecordBatch) -> Flaw? {
        guard batch.bytes.count > greatestSize else { return nil }
        return Flaw(
            code: .messageTooLarge,
            message:
                "The record batch size in the append to \(topic)-\(validation.partition) is \(batch.bytes.count) bytes which exceeds the maximum configured value of \(greatestSize)."
        )
    }
}
