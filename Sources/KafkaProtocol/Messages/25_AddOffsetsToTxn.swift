public import Bytes

/// Adds a group's offsets to a transaction.
public struct AddOffsetsToTxnRequest: KafkaRequest {
    public typealias Response = AddOffsetsToTxnResponse
    public static let api = APIKey.addOffsetsToTxn
    public static let versions: ClosedRange<Int16> = 0...4
    public static let flexibleSince: Int16? = 3

    public var transactionalId = ByteString()
    public var producerId: Int64 = 0
    public var producerEpoch: Int16 = 0
    public var groupId = ByteString()
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("transactionalId", &transactionalId)
        try fields.field("producerId", &producerId)
        try fields.field("producerEpoch", &producerEpoch)
        try fields.field("groupId", &groupId)
    }
}

/// The answer to ``AddOffsetsToTxnRequest``.
public struct AddOffsetsToTxnResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
    }
}
