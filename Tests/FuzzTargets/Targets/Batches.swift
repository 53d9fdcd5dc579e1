import KafkaProtocol

extension FuzzTarget {
    private static let contentLimit = 1 << 20

    /// Record batches whose checksum is not looked at, so that what lies behind is reached. Two bits of the first byte choose
    /// the codec that they are packed with again, a third has the length set right.
    static let batches = FuzzTarget("batches", upTo: 4096) { input in
        let choice = input.byte()
        var bytes = input.all()
        if choice & 8 != 0, bytes.count > 12 {
            bytes.replaceSubrange(8..<12, with: withUnsafeBytes(of: UInt32(bytes.count - 12).bigEndian, Array.init))
        }
        guard let found = try? RecordBatch.batches(in: bytes, verifying: false) else { return }
        var view = CommittedView(
            .readCommitted, aborted: found.prefix(1).map { .init(producerID: $0.producerID, firstOffset: $0.baseOffset) })
        for batch in found {
            _ = try? view.admits(batch)
            guard let records = try? batch.records(limit: contentLimit) else { continue }
            try hold(records.count == Int(batch.recordCount), "\(records.count) records instead of \(batch.recordCount)")
            try written(records, batch)
            let wanted = RecordBatch.Compression.allCases[Int(choice & 7) % 5]
            let packed = try RecordBatch(
                from: try batch.packed(with: wanted, limit: contentLimit).bytes[...], verifying: wanted != batch.compression)
            try hold(try packed.records(limit: contentLimit) == records, "packed with \(wanted) they are others")
        }
    }

    private static func written(_ records: [StoredRecord], _ batch: RecordBatch) throws {
        let moved = records.map { StoredRecord(offset: $0.offset &- batch.baseOffset, record: $0.record) }
        let again = try RecordBatch(from: RecordBatch(moved, lastOffsetDelta: batch.lastOffsetDelta).bytes[...])
        try hold(try again.records() == moved, "written again they are others")
    }
}
