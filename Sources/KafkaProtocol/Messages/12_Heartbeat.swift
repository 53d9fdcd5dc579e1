public import Bytes

/// Keeps a classic member alive.
public struct HeartbeatRequest: KafkaRequest {
    public typealias Response = HeartbeatResponse
    public static let api = APIKey.heartbeat
    public static let versions: ClosedRange<Int16> = 0...4
    public static let flexibleSince: Int16? = 4

    public var groupId = ByteString()
    public var generationId: Int32 = 0
    public var memberId = ByteString()
    public var groupInstanceId: ByteString?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId)
        try fields.field("generationId", &generationId)
        try fields.field("memberId", &memberId)
        try fields.field("groupInstanceId", &groupInstanceId, .since(3).nullableAlways)
    }
}

/// The answer to ``HeartbeatRequest``.
public struct HeartbeatResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(1).ignorable)
        try fields.field("errorCode", &errorCode)
    }
}
