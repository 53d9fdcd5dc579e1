import KafkaProtocol

/// The record batches of a partition, stored as they came but for base offset and leader epoch.
struct PartitionLog: Sendable {
    private(set) var batches: [RecordBatch] = []
    private(set) var startOffset: Int64 = 0
    private(set) var endOffset: Int64 = 0
    private(set) var size: Int64 = 0
    /// Where each leader epoch began, ascending: the answer to OffsetForLeaderEpoch.
    private(set) var epochStarts: [(epoch: Int32, offset: Int64)] = []

    /// Up to where consumers may read.
    private(set) var highWatermark: Int64 = 0

    /// Appends a batch and returns the offset of its first record.
    mutating func append(_ batch: RecordBatch, leaderEpoch: Int32) -> Int64 {
        var batch = batch
        batch.baseOffset = endOffset
        batch.partitionLeaderEpoch = leaderEpoch
        if epochStarts.last.map({ $0.epoch < leaderEpoch }) ?? true { epochStarts.append((leaderEpoch, endOffset)) }
        endOffset += Int64(batch.lastOffsetDelta) + 1
        size += Int64(batch.bytes.count)
        batches.append(batch)
        return batch.baseOffset
    }

    /// Index of the first batch that holds `offset` or a later one.
    private func firstBatch(from offset: Int64) -> Int {
        var low = 0
        var high = batches.count
        while low < high {
            let middle = (low + high) / 2
            if batches[middle].lastOffset < offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// What a broker reads from the batch that holds `offset` on, up to `bound`: `limit` bytes, with which the last batch may end
    /// in the middle. A first batch that is longer comes whole where `takesFirst`, else there is nothing.
    ///
    /// `next` is the offset after the last batch that was read, be it in part.
    func read(from offset: Int64, below bound: Int64, limit: Int, takesFirst: Bool) -> (bytes: [UInt8], next: Int64) {
        let first = firstBatch(from: offset)
        guard first < batches.count, batches[first].baseOffset < bound else { return ([], offset) }
        let length = batches[first].bytes.count
        guard takesFirst || limit >= length else { return ([], offset) }
        let room = max(limit, length)
        var (bytes, next) = ([UInt8](), offset)
        for batch in batches[first...] {
            if batch.baseOffset >= bound || bytes.count >= room { break }
            bytes += batch.bytes.prefix(room - bytes.count)
            next = batch.lastOffset + 1
        }
        return (bytes, next)
    }

    /// Whole batches from the one that holds `offset`, up to `bound`, at most `limit` bytes, but one at least where there is any.
    func batches(from offset: Int64, below bound: Int64, limit: Int) -> ArraySlice<RecordBatch> {
        let first = firstBatch(from: offset)
        var (end, size) = (first, 0)
        for batch in batches[first...] {
            if batch.baseOffset >= bound || (size > 0 && size + batch.bytes.count > limit) { break }
            size += batch.bytes.count
            end += 1
        }
        return batches[first..<end]
    }

    /// Moves the log start up (DeleteRecords, retention). Batches below it go; one that straddles it stays whole.
    mutating func deleteRecords(before offset: Int64) {
        startOffset = max(startOffset, min(offset, endOffset))
        let first = firstBatch(from: startOffset)
        size -= batches[..<first].reduce(0) { $0 + Int64($1.bytes.count) }
        batches.removeFirst(first)
        highWatermark = max(highWatermark, startOffset)
    }

    /// Enough replicas hold all of it.
    mutating func replicated() { highWatermark = endOffset }

    /// The first record at or after `timestamp`, packed batches opened.
    func firstRecord(notBefore timestamp: Int64) -> (offset: Int64, timestamp: Int64)? {
        for batch in batches where batch.maxTimestamp >= timestamp && batch.lastOffset >= startOffset {
            if let found = batch.firstRecord(where: { $0.record.timestamp >= timestamp && $0.offset >= startOffset }) { return found }
        }
        return nil
    }

    /// The first record that bears the greatest timestamp of all.
    var recordOfGreatestTimestamp: (offset: Int64, timestamp: Int64)? {
        guard let greatest = batches.map(\.maxTimestamp).max() else { return nil }
        return batches.first { $0.maxTimestamp == greatest }?.firstRecord { $0.record.timestamp == greatest }
    }

    /// The end of the greatest epoch that is not above `epoch`, as KIP-320 asks for it; nil for one that is still to come.
    func end(of epoch: Int32, currentEpoch: Int32) -> (epoch: Int32, offset: Int64)? {
        if epoch == currentEpoch { return (epoch, endOffset) }
        if epoch > currentEpoch || epoch == -1 { return nil }
        guard let index = epochStarts.lastIndex(where: { $0.epoch <= epoch }) else {
            // Before the first: an epoch without records, which ended where the first one began.
            return (epoch, epochStarts.first?.offset ?? endOffset)
        }
        let end = index + 1 < epochStarts.count ? epochStarts[index + 1].offset : endOffset
        return (epochStarts[index].epoch, end)
    }
}

extension PartitionLog {
    /// The leader epoch in which the record at `offset` was appended; the newest for the end; nil for an empty log.
    func epoch(at offset: Int64) -> Int32? { epochStarts.last { $0.offset <= offset }?.epoch }
}

extension RecordBatch {
    /// What is stored was opened when it came, so it opens again; a batch that does not holds nothing to be found.
    fileprivate func firstRecord(where isWanted: (StoredRecord) -> Bool) -> (offset: Int64, timestamp: Int64)? {
        let records = (try? records(limit: BatchValidation.contentLimit)) ?? []
        return records.first(where: isWanted).map { ($0.offset, $0.record.timestamp) }
    }
}
