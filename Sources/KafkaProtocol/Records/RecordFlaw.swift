public import Compression

/// Why the records of a batch, whose header and checksum are right, cannot be read.
public enum RecordFlaw: Error, Equatable, Sendable {
    /// The attributes name a codec that does not exist (5 to 7).
    case unknownCodec(Int16)
    /// The packed records do not unpack, or to more than was allowed.
    case compression(CompressionError)
    /// The header counts fewer than none, or more records than its bytes or its offsets could hold.
    case badCount(Int32)
    /// The record at `index` is not what it should be.
    case badRecord(index: Int, String)
    /// Bytes are left after the last record.
    case trailingBytes(Int)
    /// A control batch without one control record.
    case badMarker(String)
}

extension RecordFlaw: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownCodec(let number): "compression \(number) is not known"
        case .compression(let error): "\(error)"
        case .badCount(let count): "\(count) records cannot be in it"
        case .badRecord(let index, let why): "record \(index) of the batch \(why)"
        case .trailingBytes(let count): "\(count) bytes follow the last record"
        case .badMarker(let why): "the control batch \(why)"
        }
    }
}
