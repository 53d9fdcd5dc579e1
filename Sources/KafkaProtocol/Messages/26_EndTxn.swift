public import Bytes

/// Ends a transaction.
public struct EndTxnRequest: KafkaRequest {
    public typealias Response = EndTxnResponse
    public static let api = APIKey.endTxn
    public static let versions: ClosedRange<Int16> = 0...5
    public static let flexibleSince: Int16? = 3

    public var transactionalId = ByteString()
    public var producerId: Int64 = 0
    public var producerEpoch: Int16 = 0
    public var committed = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("transactionalId", &transactionalId)
        try fields.field("producerId", &producerId)
        try fields.field("producerEpoch", &producerEpoch)
        try fields.field("committed", &committed)
    }
}

/// The answer to ``EndTxnRequest``.
public struct EndTxnResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var producerId: Int64 = -1
    public var producerEpoch: Int16 = -1
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("producerId", &producerId, .since(5).ignorable, initial: -1)
        try fields.field("producerEpoch", &producerEpoch, .since(5).ignorable, initial: -1)
    }
}
