public import Bytes

/// Joins, keeps alive and leaves a share group (KIP-932).
public struct ShareGroupHeartbeatRequest: KafkaRequest {
    public typealias Response = ShareGroupHeartbeatResponse
    public static let api = APIKey.shareGroupHeartbeat
    public static let versions: ClosedRange<Int16> = 1...1
    public static let flexibleSince: Int16? = 0

    public var groupId = ByteString()
    public var memberId = ByteString()
    public var memberEpoch: Int32 = 0
    public var rackId: ByteString?
    public var subscribedTopicNames: [ByteString]?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId)
        try fields.field("memberId", &memberId)
        try fields.field("memberEpoch", &memberEpoch)
        try fields.field("rackId", &rackId, .always.nullableAlways)
        try fields.field("subscribedTopicNames", &subscribedTopicNames, .always.nullableAlways)
    }
}

/// The answer to ``ShareGroupHeartbeatRequest``.
public struct ShareGroupHeartbeatResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var memberId: ByteString?
    public var memberEpoch: Int32 = 0
    public var heartbeatIntervalMs: Int32 = 0
    public var assignment: Assignment?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("memberId", &memberId, .always.nullableAlways)
        try fields.field("memberEpoch", &memberEpoch)
        try fields.field("heartbeatIntervalMs", &heartbeatIntervalMs)
        try fields.field("assignment", &assignment, .always.nullableAlways)
    }

    public struct Assignment: WireStruct {
        public var topicPartitions: [TopicPartitions] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicPartitions", &topicPartitions)
        }
    }

    public struct TopicPartitions: WireStruct {
        public var topicId: KafkaUUID = .zero
        public var partitions: [Int32] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicId", &topicId)
            try fields.field("partitions", &partitions)
        }
    }
}
