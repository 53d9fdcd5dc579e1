public import Bytes

/// Leaves a classic group; from version 3 several members.
public struct LeaveGroupRequest: KafkaRequest {
    public typealias Response = LeaveGroupResponse
    public static let api = APIKey.leaveGroup
    public static let versions: ClosedRange<Int16> = 0...5
    public static let flexibleSince: Int16? = 4

    public var groupId = ByteString()
    public var memberId = ByteString()
    public var members: [MemberIdentity] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId)
        try fields.field("memberId", &memberId, .versions(0...2))
        try fields.field("members", &members, .since(3))
    }

    public struct MemberIdentity: WireStruct {
        public var memberId = ByteString()
        public var groupInstanceId: ByteString?
        public var reason: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("memberId", &memberId)
            try fields.field("groupInstanceId", &groupInstanceId, .always.nullableAlways)
            try fields.field("reason", &reason, .since(5).nullableAlways.ignorable)
        }
    }
}

/// The answer to ``LeaveGroupRequest``.
public struct LeaveGroupResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var members: [MemberResponse] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(1).ignorable)
        try fields.field("errorCode", &errorCode)
        try fields.field("members", &members, .since(3))
    }

    public struct MemberResponse: WireStruct {
        public var memberId = ByteString()
        public var groupInstanceId: ByteString?
        public var errorCode: ErrorCode = .none
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("memberId", &memberId)
            try fields.field("groupInstanceId", &groupInstanceId, .always.nullableAlways)
            try fields.field("errorCode", &errorCode)
        }
    }
}
