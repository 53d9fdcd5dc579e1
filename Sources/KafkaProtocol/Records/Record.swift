/// One record of an uncompressed batch: its timestamp, key, value and headers.
public struct Record: Equatable, Sendable {
    public struct Header: Equatable, Sendable {
        public var key: [UInt8]
        public var value: [UInt8]?
        public init(key: [UInt8], value: [UInt8]?) {
            self.key = key
            self.value = value
        }
    }

    /// Milliseconds since the epoch.
    public var timestamp: Int64
    public var key: [UInt8]?
    public var value: [UInt8]?
    public var headers: [Header]

    public init(timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [Header] = []) {
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}

extension RecordBatch {
    /// A batch of `records` (at least one), uncompressed, of no producer, at offset 0, with its checksum.
    public init(_ records: [Record]) {
        let base = records.first?.timestamp ?? 0
        var body: [UInt8] = []
        for (delta, record) in records.enumerated() {
            var content: [UInt8] = [0]
            content.appendVarint(record.timestamp - base)
            content.appendVarint(Int64(delta))
            content.appendVarbytes(record.key)
            content.appendVarbytes(record.value)
            content.appendVarint(Int64(record.headers.count))
            for header in record.headers {
                content.appendVarbytes(header.key)
                content.appendVarbytes(header.value)
            }
            body.appendVarint(Int64(content.count))
            body += content
        }
        var covered = Writer(version: 0, flexible: false)
        covered.integer(Int16(0))
        covered.integer(Int32(records.count - 1))
        covered.integer(base)
        covered.integer(records.map(\.timestamp).max() ?? base)
        covered.integer(Int64(-1))
        covered.integer(Int16(-1))
        covered.integer(Int32(-1))
        covered.integer(Int32(records.count))
        covered.append(body)
        var whole = Writer(version: 0, flexible: false)
        whole.integer(Int64(0))
        whole.integer(Int32(covered.bytes.count + 9))
        whole.integer(Int32(-1))
        whole.integer(Int8(2))
        whole.integer(CRC32C.checksum(covered.bytes[...]))
        whole.append(covered.bytes)
        self.init(whole: whole.bytes)
    }

    /// The records, in order; nil where the batch is compressed, a control batch, or its body is not what the header says.
    public func plainRecords() -> [Record]? {
        guard compression == RecordBatch.Compression.none, !isControl else { return nil }
        var cursor = Cursor(rest: bytes[Self.headerLength...])
        var records: [Record] = []
        for _ in 0..<max(0, recordCount) {
            guard let length = cursor.varint(), let content = cursor.take(length) else { return nil }
            var inner = Cursor(rest: content)
            guard inner.take(1) != nil, let timestampDelta = inner.varint(), inner.varint() != nil, let key = inner.varbytes(),
                let value = inner.varbytes(), let headerCount = inner.varint(), headerCount >= 0, headerCount <= inner.rest.count
            else { return nil }
            var headers: [Record.Header] = []
            for _ in 0..<headerCount {
                guard let name = inner.varbytes(), let name, let value = inner.varbytes() else { return nil }
                headers.append(Record.Header(key: name, value: value))
            }
            guard inner.rest.isEmpty else { return nil }
            // The delta is 64 bits wide: a batch may span more than the 24.8 days that 32 bits of milliseconds hold.
            records.append(Record(timestamp: baseTimestamp &+ timestampDelta, key: key, value: value, headers: headers))
        }
        return cursor.rest.isEmpty ? records : nil
    }
}

/// Zigzag variable-length integers and the byte strings they lead, as records use them.
private struct Cursor {
    var rest: ArraySlice<UInt8>

    mutating func varint() -> Int64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 70, let byte = rest.popFirst() {
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return Int64(bitPattern: value >> 1) ^ -Int64(value & 1) }
            shift += 7
        }
        return nil
    }

    mutating func take(_ count: Int64) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(Int(count)) }
        return rest.prefix(Int(count))
    }

    /// Outer nil: malformed. Inner nil: null.
    mutating func varbytes() -> [UInt8]?? {
        guard let length = varint() else { return nil }
        if length < 0 { return .some(nil) }
        return take(length).map { Array($0) }
    }
}

extension Array where Element == UInt8 {
    fileprivate mutating func appendVarint(_ number: Int64) {
        var rest = UInt64(bitPattern: number << 1 ^ number >> 63)
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    fileprivate mutating func appendVarbytes(_ bytes: [UInt8]?) {
        appendVarint(Int64(bytes?.count ?? -1))
        if let bytes { self += bytes }
    }
}
