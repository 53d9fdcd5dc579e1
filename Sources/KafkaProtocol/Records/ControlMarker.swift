/// What a control batch says (KIP-98): how the transaction of its producer ended, or something of the brokers' own.
public enum ControlMarker: Equatable, Sendable {
    case abort(coordinatorEpoch: Int32)
    case commit(coordinatorEpoch: Int32)
    /// Of another type: leader changes, snapshots and the like, in the logs of Raft.
    case other(type: Int16)
}

extension RecordBatch {
    /// The marker in a control batch; nil in any other. Its key is a version and a type, int16 each; the value of an end of a
    /// transaction is a version, int16, and the coordinator's epoch, int32.
    public func controlMarker() throws(RecordFlaw) -> ControlMarker? {
        guard isControl else { return nil }
        // Markers are tens of bytes; a control batch that unpacks to more is none.
        guard let record = try records(limit: 1 << 20).first?.record else { return nil }
        guard let key = record.key, key.count >= 4, key[0] < 0x80 else { throw .badMarker("has no key with a version and a type") }
        let type = Int16(bitPattern: UInt16(key[2]) << 8 | UInt16(key[3]))
        guard type == 0 || type == 1 else { return .other(type: type) }
        guard let value = record.value, value.count >= 6 else { throw .badMarker("does not say the coordinator's epoch") }
        let epoch = Int32(bitPattern: value[2..<6].reduce(0) { $0 << 8 | UInt32($1) })
        return type == 0 ? .abort(coordinatorEpoch: epoch) : .commit(coordinatorEpoch: epoch)
    }
}
