public import Bytes

/// Joins a classic group.
public struct JoinGroupRequest: KafkaRequest {
    public typealias Response = JoinGroupResponse
    public static let api = APIKey.joinGroup
    public static let versions: ClosedRange<Int16> = 0...9
    public static let flexibleSince: Int16? = 6

    public var groupId = ByteString()
    public var sessionTimeoutMs: Int32 = 0
    public var rebalanceTimeoutMs: Int32 = -1
    public var memberId = ByteString()
    public var groupInstanceId: ByteString?
    public var protocolType = ByteString()
    public var protocols: [JoinGroupRequestProtocol] = []
    public var reason: ByteString?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId)
        try fields.field("sessionTimeoutMs", &sessionTimeoutMs)
        try fields.field("rebalanceTimeoutMs", &rebalanceTimeoutMs, .since(1).ignorable, initial: -1)
        try fields.field("memberId", &memberId)
        try fields.field("groupInstanceId", &groupInstanceId, .since(5).nullableAlways)
        try fields.field("protocolType", &protocolType)
        try fields.field("protocols", &protocols)
        try fields.field("reason", &reason, .since(8).nullableAlways.ignorable)
    }

    public struct JoinGroupRequestProtocol: WireStruct {
        public var name = ByteString()
        public var metadata = Blob()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("metadata", &metadata)
        }
    }
}

/// The answer to ``JoinGroupRequest``.
public struct JoinGroupResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var generationId: Int32 = -1
    public var protocolType: ByteString?
    public var protocolName: ByteString?
    public var leader = ByteString()
    public var skipAssignment = false
    public var memberId = ByteString()
    public var members: [JoinGroupResponseMember] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(2).ignorable)
        try fields.field("errorCode", &errorCode)
        try fields.field("generationId", &generationId, .always, initial: -1)
        try fields.field("protocolType", &protocolType, .since(7).nullableAlways.ignorable)
        try fields.field("protocolName", &protocolName, .always.nullable(since: 7))
        try fields.field("leader", &leader)
        try fields.field("skipAssignment", &skipAssignment, .since(9))
        try fields.field("memberId", &memberId)
        try fields.field("members", &members)
    }

    public struct JoinGroupResponseMember: WireStruct {
        public var memberId = ByteString()
        public var groupInstanceId: ByteString?
        public var metadata = Blob()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("memberId", &memberId)
            try fields.field("groupInstanceId", &groupInstanceId, .since(5).nullableAlways.ignorable)
            try fields.field("metadata", &metadata)
        }
    }
}
