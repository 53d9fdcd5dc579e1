/// One record: its timestamp, key, value and headers.
public struct Record: Equatable, Sendable {
    public struct Header: Equatable, Sendable {
        /// Text by convention, never null on the wire.
        public var key: [UInt8]
        public var value: [UInt8]?
        public init(key: [UInt8], value: [UInt8]?) {
            self.key = key
            self.value = value
        }
    }

    /// Milliseconds since the epoch; -1 for none.
    public var timestamp: Int64
    public var key: [UInt8]?
    /// Null is a tombstone, where the topic is compacted.
    public var value: [UInt8]?
    public var headers: [Header]

    public init(timestamp: Int64, key: [UInt8]?, value: [UInt8]?, headers: [Header] = []) {
        self.timestamp = timestamp
        self.key = key
        self.value = value
        self.headers = headers
    }
}

/// A record at its place in a partition. Offsets of neighbours need not follow each other: compaction leaves holes.
public struct StoredRecord: Equatable, Sendable {
    public var offset: Int64
    public var record: Record

    public init(offset: Int64, record: Record) {
        self.offset = offset
        self.record = record
    }
}
