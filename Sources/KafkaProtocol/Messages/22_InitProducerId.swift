public import Bytes

/// Gets a producer id and epoch.
public struct InitProducerIdRequest: KafkaRequest {
    public typealias Response = InitProducerIdResponse
    public static let api = APIKey.initProducerId
    public static let versions: ClosedRange<Int16> = 0...5
    public static let flexibleSince: Int16? = 2

    public var transactionalId: ByteString?
    public var transactionTimeoutMs: Int32 = 0
    public var producerId: Int64 = -1
    public var producerEpoch: Int16 = -1
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("transactionalId", &transactionalId, .always.nullableAlways)
        try fields.field("transactionTimeoutMs", &transactionTimeoutMs)
        try fields.field("producerId", &producerId, .since(3), initial: -1)
        try fields.field("producerEpoch", &producerEpoch, .since(3), initial: -1)
    }
}

/// The answer to ``InitProducerIdRequest``.
public struct InitProducerIdResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var producerId: Int64 = -1
    public var producerEpoch: Int16 = 0
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .always.ignorable)
        try fields.field("errorCode", &errorCode)
        try fields.field("producerId", &producerId, .always, initial: -1)
        try fields.field("producerEpoch", &producerEpoch)
    }
}
