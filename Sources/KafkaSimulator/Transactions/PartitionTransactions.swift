import KafkaProtocol

/// The transactions that wrote to one partition: those under way, and where the aborted ones lie.
struct PartitionTransactions: Sendable {
    struct Aborted: Equatable, Sendable {
        var producerID: Int64
        var firstOffset: Int64
        /// That of the marker.
        var lastOffset: Int64
    }

    /// By producer id: where its transaction began here.
    private(set) var open: [Int64: Int64] = [:]
    /// In the order in which they were aborted.
    private(set) var aborted: [Aborted] = []

    mutating func appended(_ batch: RecordBatch, at offset: Int64) {
        guard batch.isTransactional, !batch.isControl, open[batch.producerID] == nil else { return }
        open[batch.producerID] = offset
    }

    /// A marker was appended at `offset`.
    mutating func ended(_ producerID: Int64, at offset: Int64, committed: Bool) {
        guard let first = open.removeValue(forKey: producerID), !committed else { return }
        aborted.append(Aborted(producerID: producerID, firstOffset: first, lastOffset: offset))
    }

    /// What lies below is decided: the start of the oldest transaction under way, or the log's end.
    func lastStableOffset(end: Int64) -> Int64 { open.values.min() ?? end }

    /// The aborted transactions that a reader of `offsets` must pass over.
    func aborted(within offsets: Range<Int64>) -> [Aborted] {
        aborted.filter { $0.lastOffset >= offsets.lowerBound && $0.firstOffset < offsets.upperBound }
    }
}
