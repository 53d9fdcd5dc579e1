import Compression

extension RecordBatch {
    /// The greatest content that is unpacked where nobody says otherwise, in bytes.
    public static let usualContentLimit = 128 << 20
    /// Bytes of the shortest record: its length, attributes, two deltas, key, value and number of headers.
    private static let shortestRecord = 7

    /// The bytes of the records, unpacked. More than `limit` of them is an error before they are held.
    public func content(limit: Int = usualContentLimit) throws(RecordFlaw) -> [UInt8] {
        guard let compression else { throw .unknownCodec(attributes & 7) }
        let body = bytes[Self.headerLength...]
        // Compaction leaves batches without records, and without a packed nothing.
        if recordCount == 0, body.isEmpty { return [] }
        guard let codec = compression.codec else {
            guard body.count <= limit else { throw .compression(.overLimit(limit)) }
            return Array(body)
        }
        do throws(CompressionError) {
            return try codec.decompress(body, limit: limit)
        } catch {
            throw .compression(error)
        }
    }

    /// The records in order, those of a control batch too (``controlMarker()`` says what these mean).
    ///
    /// Offsets are the base offset and each record's own delta, since compaction leaves holes. Timestamps are the
    /// producer's (CreateTime), or for every record the batch's greatest (LogAppendTime). All of the content is read, or it
    /// is an error; nothing is reserved for a count or length beyond the bytes that are left.
    public func records(limit: Int = usualContentLimit) throws(RecordFlaw) -> [StoredRecord] {
        let content = try content(limit: limit)
        let count = Int(recordCount)
        guard count >= 0, count <= content.count / Self.shortestRecord, count <= Int(lastOffsetDelta) + 1 else {
            throw .badCount(recordCount)
        }
        var cursor = RecordCursor(content, content.indices)
        var records: [StoredRecord] = []
        records.reserveCapacity(count)
        var delta: Int32 = -1
        for index in 0..<count {
            guard let length = cursor.varint(), let part = cursor.part(length) else {
                throw .badRecord(index: index, "is longer than the bytes that are left")
            }
            let (next, record) = try record(part, at: index)
            guard next > delta, next <= lastOffsetDelta else { throw .badRecord(index: index, "has an offset outside its turn") }
            delta = next
            records.append(StoredRecord(offset: baseOffset &+ Int64(delta), record: record))
        }
        if cursor.remaining > 0 { throw .trailingBytes(cursor.remaining) }
        return records
    }

    private func record(_ bytes: RecordCursor, at index: Int) throws(RecordFlaw) -> (offsetDelta: Int32, record: Record) {
        var cursor = bytes
        // One byte of attributes comes first, unused so far.
        guard cursor.byte() != nil, let timestampDelta = cursor.varlong(), let offsetDelta = cursor.varint(), let key = cursor.varbytes(),
            let value = cursor.varbytes(), let headerCount = cursor.varint()
        else { throw .badRecord(index: index, "is cut short") }
        // A header takes two bytes at least.
        guard headerCount >= 0, Int(headerCount) <= cursor.remaining / 2 else {
            throw .badRecord(index: index, "cannot hold \(headerCount) headers")
        }
        var headers: [Record.Header] = []
        headers.reserveCapacity(Int(headerCount))
        for _ in 0..<headerCount {
            guard let name = cursor.varbytes() else { throw .badRecord(index: index, "has a header that is cut short") }
            guard let name else { throw .badRecord(index: index, "has a header with a null key") }
            guard let value = cursor.varbytes() else { throw .badRecord(index: index, "has a header that is cut short") }
            headers.append(Record.Header(key: name, value: value))
        }
        guard cursor.remaining == 0 else { throw .badRecord(index: index, "has \(cursor.remaining) bytes too many") }
        // The delta is 64 bits wide: a batch may span more than the 24.8 days that 32 bits of milliseconds hold.
        let timestamp = hasLogAppendTime ? maxTimestamp : baseTimestamp &+ timestampDelta
        return (offsetDelta, Record(timestamp: timestamp, key: key, value: value, headers: headers))
    }
}
