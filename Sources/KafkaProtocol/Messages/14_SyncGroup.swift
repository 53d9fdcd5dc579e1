public import Bytes

/// Hands out or fetches a classic group's assignment.
public struct SyncGroupRequest: KafkaRequest {
    public typealias Response = SyncGroupResponse
    public static let api = APIKey.syncGroup
    public static let versions: ClosedRange<Int16> = 0...5
    public static let flexibleSince: Int16? = 4

    public var groupId = ByteString()
    public var generationId: Int32 = 0
    public var memberId = ByteString()
    public var groupInstanceId: ByteString?
    public var protocolType: ByteString?
    public var protocolName: ByteString?
    public var assignments: [SyncGroupRequestAssignment] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId)
        try fields.field("generationId", &generationId)
        try fields.field("memberId", &memberId)
        try fields.field("groupInstanceId", &groupInstanceId, .since(3).nullableAlways)
        try fields.field("protocolType", &protocolType, .since(5).nullableAlways.ignorable)
        try fields.field("protocolName", &protocolName, .since(5).nullableAlways.ignorable)
        try fields.field("assignments", &assignments)
    }

    public struct SyncGroupRequestAssignment: WireStruct {
        public var memberId = ByteString()
        public var assignment = Blob()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("memberId", &memberId)
            try fields.field("assignment", &assignment)
        }
    }
}

/// The answer to ``SyncGroupRequest``.
public struct SyncGroupResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var protocolType: ByteString?
    public var protocolName: ByteString?
    public var assignment = Blob()
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(1).ignorable)
        try fields.field("errorCode", &errorCode)
        try fields.field("protocolType", &protocolType, .since(5).nullableAlways.ignorable)
        try fields.field("protocolName", &protocolName, .since(5).nullableAlways.ignorable)
        try fields.field("assignment", &assignment)
    }
}
