import KafkaProtocol

/// What a partition remembers of idempotent producers (KIP-98): enough to tell a batch sent twice from a lost one.
struct ProducerSequences: Sendable {
    struct Producer: Equatable, Sendable {
        var epoch: Int16
        var lastSequence: Int32
        /// Milliseconds since the epoch.
        var lastTimestamp: Int64
        /// That of the coordinator that ended its last transaction here; -1 before.
        var coordinatorEpoch: Int32 = -1
        /// The newest batches, at most five, as brokers keep them: their sequences and where they went.
        var recent: [(first: Int32, last: Int32, offset: Int64)]

        static func == (left: Producer, right: Producer) -> Bool {
            left.epoch == right.epoch && left.lastSequence == right.lastSequence && left.lastTimestamp == right.lastTimestamp
                && left.coordinatorEpoch == right.coordinatorEpoch
        }
    }

    enum Verdict: Equatable { case append, duplicate(offset: Int64), refuse(ErrorCode) }

    private(set) var producers: [Int64: Producer] = [:]

    func verdict(on batch: RecordBatch) -> Verdict {
        guard batch.producerID >= 0 else { return .append }
        guard let known = producers[batch.producerID] else { return .append }
        if batch.producerEpoch < known.epoch { return .refuse(.invalidProducerEpoch) }
        if batch.producerEpoch > known.epoch { return batch.baseSequence == 0 ? .append : .refuse(.outOfOrderSequenceNumber) }
        let last = Self.advance(batch.baseSequence, by: batch.lastOffsetDelta)
        if let twin = known.recent.first(where: { $0.first == batch.baseSequence && $0.last == last }) {
            return .duplicate(offset: twin.offset)
        }
        return batch.baseSequence == Self.advance(known.lastSequence, by: 1) ? .append : .refuse(.outOfOrderSequenceNumber)
    }

    mutating func appended(_ batch: RecordBatch, at offset: Int64) {
        guard batch.producerID >= 0 else { return }
        let last = Self.advance(batch.baseSequence, by: batch.lastOffsetDelta)
        var recent = producers[batch.producerID].map { $0.epoch == batch.producerEpoch ? $0.recent : [] } ?? []
        recent.append((batch.baseSequence, last, offset))
        producers[batch.producerID] = Producer(
            epoch: batch.producerEpoch, lastSequence: last, lastTimestamp: batch.maxTimestamp,
            coordinatorEpoch: producers[batch.producerID]?.coordinatorEpoch ?? -1, recent: Array(recent.suffix(5)))
    }

    /// A marker ended the producer's transaction. One of a later epoch begins the sequences anew.
    mutating func marked(_ marker: RecordBatch, coordinatorEpoch: Int32) {
        let known = producers[marker.producerID].flatMap { $0.epoch == marker.producerEpoch ? $0 : nil }
        producers[marker.producerID] = Producer(
            epoch: marker.producerEpoch, lastSequence: known?.lastSequence ?? -1, lastTimestamp: marker.maxTimestamp,
            coordinatorEpoch: coordinatorEpoch, recent: known?.recent ?? [])
    }

    /// Sequences wrap around after 2^31 - 1 to 0.
    private static func advance(_ sequence: Int32, by count: Int32) -> Int32 {
        Int32((Int64(sequence) + Int64(count)) % (Int64(Int32.max) + 1))
    }
}
