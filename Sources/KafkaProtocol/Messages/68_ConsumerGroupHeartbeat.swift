public import Bytes

/// Joins, keeps alive and leaves a group of the newer consumer protocol (KIP-848).
public struct ConsumerGroupHeartbeatRequest: KafkaRequest {
    public typealias Response = ConsumerGroupHeartbeatResponse
    public static let api = APIKey.consumerGroupHeartbeat
    public static let versions: ClosedRange<Int16> = 0...1
    public static let flexibleSince: Int16? = 0

    public var groupId = ByteString()
    public var memberId = ByteString()
    public var memberEpoch: Int32 = 0
    public var instanceId: ByteString?
    public var rackId: ByteString?
    public var rebalanceTimeoutMs: Int32 = -1
    public var subscribedTopicNames: [ByteString]?
    public var subscribedTopicRegex: ByteString?
    public var serverAssignor: ByteString?
    public var topicPartitions: [TopicPartitions]?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId)
        try fields.field("memberId", &memberId)
        try fields.field("memberEpoch", &memberEpoch)
        try fields.field("instanceId", &instanceId, .always.nullableAlways)
        try fields.field("rackId", &rackId, .always.nullableAlways)
        try fields.field("rebalanceTimeoutMs", &rebalanceTimeoutMs, .always, initial: -1)
        try fields.field("subscribedTopicNames", &subscribedTopicNames, .always.nullableAlways)
        try fields.field("subscribedTopicRegex", &subscribedTopicRegex, .since(1).nullableAlways)
        try fields.field("serverAssignor", &serverAssignor, .always.nullableAlways)
        try fields.field("topicPartitions", &topicPartitions, .always.nullableAlways)
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

/// The answer to ``ConsumerGroupHeartbeatRequest``.
public struct ConsumerGroupHeartbeatResponse: WireStruct {
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
