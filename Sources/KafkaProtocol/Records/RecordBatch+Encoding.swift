import Compression

extension RecordBatch {
    /// A batch of `records` (at least one), uncompressed, of no producer, at offset 0, with its checksum.
    public init(_ records: [Record]) {
        self.init(
            records.enumerated().map { StoredRecord(offset: Int64($0.offset), record: $0.element) },
            lastOffsetDelta: Int32(records.count - 1))
    }

    /// A batch of records that keep their distances, as compaction leaves them: offsets ascend from 0 to `lastOffsetDelta` at
    /// most. Uncompressed, of no producer, at offset 0, with its checksum.
    public init(_ records: [StoredRecord], lastOffsetDelta: Int32) {
        let base = records.first?.record.timestamp ?? 0
        var content: [UInt8] = []
        for stored in records {
            var one: [UInt8] = [0]
            one.appendVarint(stored.record.timestamp &- base)
            one.appendVarint(stored.offset)
            one.appendVarbytes(stored.record.key)
            one.appendVarbytes(stored.record.value)
            one.appendVarint(Int64(stored.record.headers.count))
            for header in stored.record.headers {
                one.appendVarbytes(header.key)
                one.appendVarbytes(header.value)
            }
            content.appendVarint(Int64(one.count))
            content += one
        }
        var header = Writer(version: 0, flexible: false)
        header.integer(Int64(0))
        header.integer(Int32(0))
        header.integer(Int32(-1))
        header.integer(Int8(2))
        header.integer(UInt32(0))
        header.integer(Int16(0))
        header.integer(lastOffsetDelta)
        header.integer(base)
        header.integer(records.map(\.record.timestamp).max() ?? base)
        header.integer(Int64(-1))
        header.integer(Int16(-1))
        header.integer(Int32(-1))
        header.integer(Int32(records.count))
        self.init(header: header.bytes, body: content)
    }

    /// The same records packed otherwise; all else that the header says is kept. A batch that is packed so already stays as
    /// it is. `limit` bounds what has to be unpacked for it.
    public func packed(
        with wanted: Compression, level: Int? = nil, limit: Int = usualContentLimit
    ) throws(RecordFlaw) -> RecordBatch {
        if wanted == compression { return self }
        var body = try content(limit: limit)
        if let codec = wanted.codec {
            do throws(CompressionError) {
                body = try codec.compress(body, level: level)
            } catch {
                throw .compression(error)
            }
        }
        var header = Array(bytes[..<Self.headerLength])
        header[22] = header[22] & ~7 | UInt8(wanted.rawValue)
        return RecordBatch(header: header, body: body)
    }
}
