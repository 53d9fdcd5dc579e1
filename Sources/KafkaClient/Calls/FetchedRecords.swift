public import KafkaProtocol

/// What a fetch brought.
public struct FetchedRecords: Sendable, Equatable {
    public var partition: TopicPartition
    /// Whence it was asked for.
    public var startOffset: Int64
    public var isolation: IsolationLevel
    /// In order; the first may begin before the offset that was asked for.
    public var batches: [RecordBatch]
    /// Transactions that touch the batches and were aborted: only answered where committed records are asked for.
    public var abortedTransactions: [CommittedView.AbortedTransaction]
    public var logStartOffset: Int64
    /// Offset of the next record that will be written.
    public var highWatermark: Int64
    public var lastStableOffset: Int64

    /// Whence to go on reading: after the last batch, whatever holes it has and whoever may see it.
    public var nextOffset: Int64 { max(startOffset, batches.last.map { $0.lastOffset &+ 1 } ?? startOffset) }

    /// The records that a reader of this isolation level sees, from the offset on that was asked for.
    ///
    /// `limit` bounds what one batch may unpack to, in bytes: more is an error before it is held.
    public func records(limit: Int = RecordBatch.usualContentLimit) throws(KafkaError) -> [StoredRecord] {
        var view = CommittedView(isolation, aborted: abortedTransactions)
        var records: [StoredRecord] = []
        for batch in batches {
            do throws(RecordFlaw) {
                guard try view.admits(batch) else { continue }
                records += try batch.records(limit: limit).filter { $0.offset >= startOffset }
            } catch {
                throw KafkaError(
                    .protocolViolation, api: .fetch, outcome: .answered,
                    cause: "the record batch of \(partition) at offset \(batch.baseOffset) cannot be read: \(error)",
                    hint: error.hint)
            }
        }
        return records
    }
}

extension RecordFlaw {
    fileprivate var hint: String {
        switch self {
        case .compression(.overLimit): "Nothing was read of it. Allow more for one batch, if memory allows it."
        case .unknownCodec: "It was written by a newer client: use a newer release of this program."
        default: "Its checksum is right, so that it was written so: look for the producer that wrote it."
        }
    }
}

extension RecordBatch.Flaw {
    /// What to do about a batch that a broker sent.
    var hint: String {
        switch self {
        case .oldFormat:
            "The segment is older than its topic's message format: copy the topic with Kafka's own tools, or wait until retention deletes it."
        case .cutShort, .badLength, .checksumMismatch:
            "Check the broker's disk and log; the replica on another broker may be whole."
        }
    }
}
