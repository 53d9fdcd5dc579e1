import Bytes
import KafkaProtocol
import Seams

/// What a broker does with the records of a batch before it is appended: each one is looked at, packed or not, and where the
/// topic wants another compression the batch is packed anew.
struct BatchValidation {
    typealias RecordError = ProduceHandler.PartitionResult.BatchIndexAndErrorMessage

    let topic: ByteString
    let partition: Int32
    var isCompacted = false
    var stampsOnAppend = false
    /// How far a record's time may be ahead of the broker's clock and behind it, in milliseconds.
    var aheadLimit = Int64.max
    var behindLimit = Int64.max
    /// The topic's own compression; nil keeps the producer's.
    var compression: RecordBatch.Compression?

    /// A broker has no such limit, and runs out of memory. The simulator answers as if it had caught that.
    static let contentLimit = 256 << 20

    /// The batch as it is to be stored, or why it is refused.
    func validated(_ batch: RecordBatch, now: Timestamp) -> Result<RecordBatch, AppendRules.Flaw> {
        if let flaw = headerFlaw(batch) { return .failure(flaw) }
        let records: [StoredRecord]
        do throws(RecordFlaw) {
            records = try batch.records(limit: Self.contentLimit)
        } catch {
            return .failure(AppendRules.Flaw(code: error.code))
        }
        if let flaw = recordFlaws(batch, records, now) { return .failure(flaw) }
        let greatest = stampsOnAppend ? now.milliseconds : records.map(\.record.timestamp).max() ?? batch.maxTimestamp
        do throws(RecordFlaw) {
            return .success(
                try batch.packed(with: compression ?? batch.compression ?? .none, limit: Self.contentLimit)
                    .stamped(greatest, isLogAppendTime: stampsOnAppend))
        } catch {
            return .failure(AppendRules.Flaw(code: error.code))
        }
    }

    private func headerFlaw(_ batch: RecordBatch) -> AppendRules.Flaw? {
        let isInOrder =
            batch.baseOffset == 0 && batch.recordCount > 0 && batch.lastOffsetDelta == batch.recordCount - 1
            && !(batch.producerID >= 0 && batch.baseSequence < 0)
        return isInOrder ? nil : AppendRules.Flaw(code: .invalidRecord)
    }

    private func recordFlaws(_ batch: RecordBatch, _ records: [StoredRecord], _ now: Timestamp) -> AppendRules.Flaw? {
        var errors: [RecordError] = []
        var isOfTime = false
        for (index, stored) in records.enumerated() {
            guard let found = flaw(stored, batch, now) else { continue }
            isOfTime = isOfTime || found.code == .invalidTimestamp
            var error = RecordError()
            error.batchIndex = Int32(index)
            error.batchIndexErrorMessage = ByteString(found.message)
            errors.append(error)
        }
        if errors.isEmpty { return nil }
        let shown = errors.prefix(3).map { "RecordError(batchIndex=\($0.batchIndex), message='\($0.batchIndexErrorMessage ?? "")')" }
        return AppendRules.Flaw(
            code: isOfTime ? .invalidTimestamp : .invalidRecord,
            message: isOfTime
                ? "One or more records have been rejected due to invalid timestamp"
                : "One or more records have been rejected due to \(errors.count) record errors in total, and only showing the first three errors at most: [\(shown.joined(separator: ", "))]",
            recordErrors: errors)
    }

    private func flaw(_ stored: StoredRecord, _ batch: RecordBatch, _ now: Timestamp) -> (code: ErrorCode, message: String)? {
        let record = stored.record
        if isCompacted, record.key == nil {
            return (.invalidRecord, "Compacted topic cannot accept message without key in topic partition \(topic)-\(partition).")
        }
        if !stampsOnAppend, record.timestamp != -1 {
            let age = now.milliseconds &- record.timestamp
            guard age > behindLimit || 0 &- age > aheadLimit else { return nil }
            return (
                .invalidTimestamp,
                "Timestamp \(record.timestamp) of message with offset \(stored.offset) is out of range. The timestamp should be within [\(now.milliseconds &- behindLimit), \(now.milliseconds &+ aheadLimit)]"
            )
        }
        guard batch.hasLogAppendTime else { return nil }
        return (
            .invalidTimestamp,
            "Invalid timestamp type in message DefaultRecord(offset=\(stored.offset), timestamp=\(record.timestamp), key=\(record.key?.count ?? 0) bytes, value=\(record.value?.count ?? 0) bytes). Producer should not set timestamp type to LogAppendTime."
        )
    }
}

extension RecordFlaw {
    /// What a broker answers: a stream that does not unpack is an exception that it has no number for.
    fileprivate var code: ErrorCode {
        switch self {
        case .compression: .unknownServerError
        case .unknownCodec, .badCount, .badRecord, .trailingBytes, .badMarker: .invalidRecord
        }
    }
}

extension RecordBatch.Compression {
    /// The value of `compression.type`; nil for `producer`.
    init?(configured text: String) {
        switch text {
        case "uncompressed": self = .none
        case "gzip": self = .gzip
        case "snappy": self = .snappy
        case "lz4": self = .lz4
        case "zstd": self = .zstd
        default: return nil
        }
    }
}
