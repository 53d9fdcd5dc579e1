import KafkaProtocol
import Seams

extension RecordBatch {
    /// The batch under a producer's name and in its transaction; the checksum is made anew.
    func transactional(of producer: Transaction.Producer, baseSequence: Int32, isControl: Bool = false) -> RecordBatch {
        var bytes = bytes
        func put(_ number: some FixedWidthInteger, at offset: Int) {
            withUnsafeBytes(of: number.bigEndian) { bytes.replaceSubrange(offset..<offset + $0.count, with: $0) }
        }
        bytes[22] |= isControl ? 0x30 : 0x10
        put(producer.id, at: 43)
        put(producer.epoch, at: 51)
        put(baseSequence, at: 53)
        put(CRC32C.checksum(bytes[21...]), at: 17)
        // The bytes were a whole batch before, and no length has changed.
        return (try? RecordBatch(from: bytes[...], verifying: false)) ?? self
    }

    /// The marker that ends a transaction (KIP-98): key is version 0 and the type (0 abort, 1 commit), value is version 0 and the
    /// epoch of the coordinator that decided.
    static func marker(_ producer: Transaction.Producer, commit: Bool, coordinatorEpoch: Int32, now: Timestamp) -> RecordBatch {
        let epoch = (0..<4).map { UInt8(truncatingIfNeeded: coordinatorEpoch >> (24 - 8 * $0)) }
        let record = Record(timestamp: now.milliseconds, key: [0, 0, 0, commit ? 1 : 0], value: [0, 0] + epoch)
        return RecordBatch([record]).transactional(of: producer, baseSequence: -1, isControl: true)
    }
}
