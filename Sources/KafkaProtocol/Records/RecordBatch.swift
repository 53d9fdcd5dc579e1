import Compression

/// One record batch (magic 2, KIP-98): its header, read; its body, untouched.
///
/// Layout, big-endian: base offset int64, length int32 (of what follows), partition leader epoch int32, magic int8, CRC-32C
/// uint32 (of everything after it), attributes int16, last offset delta int32, base and greatest timestamp int64, producer
/// id int64, producer epoch int16, base sequence int32, record count int32, records.
public struct RecordBatch: Equatable, Sendable {
    /// The whole batch, header included, as it came.
    public private(set) var bytes: [UInt8]

    public enum Flaw: Error, Equatable, Sendable {
        /// Fewer bytes than the header, or than the length that it names.
        case cutShort
        /// A magic byte other than 2: the message sets of brokers before 0.11.
        case oldFormat(magic: Int8)
        case badLength(Int32)
        case checksumMismatch(stored: UInt32, computed: UInt32)
    }

    public enum Compression: Int16, Sendable, CaseIterable {
        case none, gzip, snappy, lz4, zstd

        var codec: RecordCodec? { RecordCodec(rawValue: rawValue) }
    }

    /// Bytes of the header, up to the first record.
    public static let headerLength = 61
    /// Bytes before the part that the length counts.
    private static let lengthEnd = 12
    /// Where the part begins that the checksum covers.
    private static let coveredStart = 21

    /// Takes one batch from the front of `bytes` at `start`; its checksum is verified unless told not to.
    public init(from bytes: ArraySlice<UInt8>, verifying: Bool = true) throws(Flaw) {
        let start = bytes.startIndex
        guard bytes.count >= Self.lengthEnd + 5 else { throw .cutShort }
        let length: Int32 = Self.load(bytes, at: start + 8)
        let magic: Int8 = Self.load(bytes, at: start + 16)
        guard magic == 2 else { throw .oldFormat(magic: magic) }
        guard length >= Self.headerLength - Self.lengthEnd else { throw .badLength(length) }
        guard bytes.count - Self.lengthEnd >= Int(length) else { throw .cutShort }
        let end = start + Self.lengthEnd + Int(length)
        self.bytes = Array(bytes[start..<end])
        if verifying {
            let computed = CRC32C.checksum(self.bytes[Self.coveredStart...])
            guard computed == checksum else { throw .checksumMismatch(stored: checksum, computed: computed) }
        }
    }

    /// A batch just put together from a header of 61 bytes and packed records: length and checksum are set here.
    init(header: [UInt8], body: [UInt8]) {
        bytes = header + body
        store(Int32(bytes.count - Self.lengthEnd), 8)
        seal()
    }

    private mutating func seal() { store(CRC32C.checksum(bytes[Self.coveredStart...]), Self.coveredStart - 4) }

    /// All batches in what a Fetch answered. A broker may cut the last one short; that one is left out.
    public static func batches(in bytes: [UInt8], verifying: Bool = true) throws(Flaw) -> [RecordBatch] {
        var rest = bytes[...]
        var batches: [RecordBatch] = []
        while !rest.isEmpty {
            do throws(Flaw) {
                let batch = try RecordBatch(from: rest, verifying: verifying)
                batches.append(batch)
                rest = rest.dropFirst(batch.bytes.count)
            } catch .cutShort {
                break
            }
        }
        return batches
    }

    /// Offset of the first record. Setting it leaves the checksum right: it lies before the part that is covered.
    public var baseOffset: Int64 {
        get { load(0) }
        set { store(newValue, 0) }
    }
    /// Epoch of the leader that appended it; -1 from a producer. Not covered by the checksum.
    public var partitionLeaderEpoch: Int32 {
        get { load(12) }
        set { store(newValue, 12) }
    }
    public var checksum: UInt32 { load(17) }
    public var attributes: Int16 { load(21) }
    public var lastOffsetDelta: Int32 { load(23) }
    /// Milliseconds since the epoch.
    public var baseTimestamp: Int64 { load(27) }
    public var maxTimestamp: Int64 { load(35) }
    public var producerID: Int64 { load(43) }
    public var producerEpoch: Int16 { load(51) }
    public var baseSequence: Int32 { load(53) }
    public var recordCount: Int32 { load(57) }

    public var lastOffset: Int64 { baseOffset &+ Int64(lastOffsetDelta) }
    /// Nil for a number that is no known codec.
    public var compression: Compression? { Compression(rawValue: attributes & 7) }
    /// Whether the timestamps are the broker's (LogAppendTime) and not the producer's (CreateTime).
    public var hasLogAppendTime: Bool { attributes & 8 != 0 }
    public var isTransactional: Bool { attributes & 16 != 0 }
    /// Whether it holds a transaction's marker instead of users' records.
    public var isControl: Bool { attributes & 32 != 0 }
    /// Until when the tombstones and markers in it are kept, set when the log was compacted; milliseconds since the epoch. The
    /// field of the base timestamp holds it then, and the records' timestamps count from it (KAFKA-8522).
    public var deleteHorizon: Int64? { attributes & 64 != 0 ? baseTimestamp : nil }

    /// The batch as a broker keeps it: the greatest timestamp set, whose it is said, and the checksum made anew.
    public func stamped(_ milliseconds: Int64, isLogAppendTime: Bool) -> RecordBatch {
        guard maxTimestamp != milliseconds || hasLogAppendTime != isLogAppendTime else { return self }
        var batch = self
        batch.store(isLogAppendTime ? attributes | 8 : attributes & ~8, 21)
        batch.store(milliseconds, 35)
        batch.seal()
        return batch
    }

    private func load<Number: FixedWidthInteger>(_ offset: Int) -> Number { Self.load(bytes[...], at: offset) }

    private static func load<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, at index: Int) -> Number {
        bytes.withUnsafeBytes { Number(bigEndian: $0.loadUnaligned(fromByteOffset: index - bytes.startIndex, as: Number.self)) }
    }

    private mutating func store<Number: FixedWidthInteger>(_ number: Number, _ offset: Int) {
        withUnsafeBytes(of: number.bigEndian) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
    }
}

extension RecordBatch.Flaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .cutShort: "the batch is cut short"
        case .oldFormat(let magic): "a message set of format \(magic), as brokers before 0.11 wrote it, is not supported"
        case .badLength(let length): "\(length) is no length of a batch"
        case .checksumMismatch: "the checksum is wrong"
        }
    }
}
