import Bytes
import KafkaProtocol

/// Batches that Kafka 4.1's own Java code wrote (MemoryRecordsBuilder, RecordFilter, snappy-java, lz4-java, zstd-jni).
enum GoldenBatches {
    static let time: Int64 = 1_700_000_000_000

    /// What is in each of `packed`: at offset 4711 on, of producer 7 with epoch 3 from sequence 5 on, in a transaction.
    static let records = [
        StoredRecord(
            offset: 4711,
            record: Record(
                timestamp: time, key: [107], value: nil, headers: [.init(key: [104], value: nil), .init(key: [], value: [0, 255])])),
        StoredRecord(
            offset: 4712,
            record: Record(timestamp: time + 40 * 86_400_000, key: nil, value: Array("tide tide tide tide tide tide tide tide".utf8))),
        StoredRecord(offset: 4713, record: Record(timestamp: time - 86_400_000, key: [], value: [])),
    ]

    static let packed: [RecordBatch.Compression: String] = [
        .none: """
        00000000000012670000007c00000002029a18a6150010000000020000018bcfe568000000018c9de3c800000000000000000700030000\
        0005000000031c000000026b0104026801000400ff62008080f3df1902014e746964652074696465207469646520746964652074696465\
        207469646520746964652074696465001200ffefb25204000000
        """,
        .gzip: """
        00000000000012670000006f0000000202eaadd6970011000000020000018bcfe568000000018c9de3c800000000000000000700030000\
        0005000000031f8b08000000000000ff9361606060ca666461ca60646061f89fc4d0d0f0f9be2413a35f49664aaa0261824188e1fffb4d\
        412c40630033c4904b4b000000
        """,
        .snappy: """
        0000000000001267000000740000000202ec0143db0012000000020000018bcfe568000000018c9de3c800000000000000000700030000\
        00050000000382534e415050590000000001000000010000002f4b741c000000026b0104026801000400ff62008080f3df1902014e7469\
        64652086050028001200ffefb25204000000
        """,
        .lz4: """
        00000000000012670000006f0000000202bfd8cb030013000000020000018bcfe568000000018c9de3c800000000000000000700030000\
        00050000000304224d186040822f000000ff0f1c000000026b0104026801000400ff62008080f3df1902014e746964652005000fb00012\
        00ffefb2520400000000000000
        """,
        .zstd: """
        00000000000012670000006d00000002028edeaa710014000000020000018bcfe568000000018c9de3c800000000000000000700030000\
        00050000000328b52ffd005884010094021c000000026b0104026801000400ff62008080f3df1902014e7469646520001200ffefb25204\
        0000000100c2294e010000
        """,
    ]

    /// The same records with LogAppendTime, 99 milliseconds after `time`, in zstd.
    static let stampedOnAppend = """
        00000000000012670000006d0000000202dab88e87001c000000020000018bcfe568000000018bcfe56863000000000000000700030000\
        00050000000328b52ffd005884010094021c000000026b0104026801000400ff62008080f3df1902014e7469646520001200ffefb25204\
        0000000100c2294e010000
        """

    /// Six records from offset 100 on, of which compaction left those at 101 and 104; snappy.
    static let holes = """
        00000000000000640000005d0000000202b1b113330002000000050000018bcfe568010000018bcfe56804ffffffffffffffffffffffff\
        ffff0000000282534e4150505900000000010000000100000018165414000002046b310476310014000608046b3004763400
        """

    /// The same of which compaction left none.
    static let emptied = """
        0000000000000064000000310000000202d27d1a59000000000005ffffffffffffffff0000018bcfe56805ffffffffffffffffffffffff\
        ffff00000000
        """

    /// Markers of producer 7, epoch 3, coordinator epoch 11, at offset 9.
    static let abort = """
        0000000000000009000000420000000202c6e8b2df0030000000000000018bcfe568000000018bcfe5680000000000000000070003ffff\
        ffff000000012000000008000000000c00000000000b00
        """

    static let commit = """
        000000000000000900000042000000020232d664970030000000000000018bcfe568000000018bcfe5680000000000000000070003ffff\
        ffff000000012000000008000000010c00000000000b00
        """

    /// Message sets of formats 0 and 1: one record, key "k", value "v".
    static let oldFormats = [
        """
        0000000000000000000000101fecd70a0000000000016b0000000176
        """,
        """
        00000000000000000000001839268c3301000000018bcfe56800000000016b0000000176
        """,
    ]

    static func batch(_ hex: String) throws -> RecordBatch {
        struct NotHex: Error {}
        guard let bytes = [UInt8](hex: hex) else { throw NotHex() }
        return try RecordBatch(from: bytes[...])
    }
}
