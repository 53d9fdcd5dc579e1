public import Bytes

/// Lists topics page by page.
public struct DescribeTopicPartitionsRequest: KafkaRequest {
    public typealias Response = DescribeTopicPartitionsResponse
    public static let api = APIKey.describeTopicPartitions
    public static let versions: ClosedRange<Int16> = 0...0
    public static let flexibleSince: Int16? = 0

    public var topics: [TopicRequest] = []
    public var responsePartitionLimit: Int32 = 2000
    public var cursor: Cursor?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("topics", &topics)
        try fields.field("responsePartitionLimit", &responsePartitionLimit, .always, initial: 2000)
        try fields.field("cursor", &cursor, .always.nullableAlways)
    }

    public struct TopicRequest: WireStruct {
        public var name = ByteString()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
        }
    }

    public struct Cursor: WireStruct {
        public var topicName = ByteString()
        public var partitionIndex: Int32 = 0
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicName", &topicName)
            try fields.field("partitionIndex", &partitionIndex)
        }
    }
}

/// The answer to ``DescribeTopicPartitionsRequest``.
public struct DescribeTopicPartitionsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var topics: [DescribeTopicPartitionsResponseTopic] = []
    public var nextCursor: Cursor?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .always.ignorable)
        try fields.field("topics", &topics)
        try fields.field("nextCursor", &nextCursor, .always.nullableAlways)
    }

    public struct DescribeTopicPartitionsResponseTopic: WireStruct {
        public var errorCode: ErrorCode = .none
        public var name: ByteString?
        public var topicId: KafkaUUID = .zero
        public var isInternal = false
        public var partitions: [DescribeTopicPartitionsResponsePartition] = []
        public var topicAuthorizedOperations: Int32 = -2_147_483_648
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("errorCode", &errorCode)
            try fields.field("name", &name, .always.nullableAlways)
            try fields.field("topicId", &topicId, .always.ignorable)
            try fields.field("isInternal", &isInternal, .always.ignorable)
            try fields.field("partitions", &partitions)
            try fields.field("topicAuthorizedOperations", &topicAuthorizedOperations, .always, initial: -2_147_483_648)
        }

        public struct DescribeTopicPartitionsResponsePartition: WireStruct {
            public var errorCode: ErrorCode = .none
            public var partitionIndex: Int32 = 0
            public var leaderId: Int32 = 0
            public var leaderEpoch: Int32 = -1
            public var replicaNodes: [Int32] = []
            public var isrNodes: [Int32] = []
            public var eligibleLeaderReplicas: [Int32]?
            public var lastKnownElr: [Int32]?
            public var offlineReplicas: [Int32] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("errorCode", &errorCode)
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("leaderId", &leaderId)
                try fields.field("leaderEpoch", &leaderEpoch, .always.ignorable, initial: -1)
                try fields.field("replicaNodes", &replicaNodes)
                try fields.field("isrNodes", &isrNodes)
                try fields.field("eligibleLeaderReplicas", &eligibleLeaderReplicas, .always.nullableAlways)
                try fields.field("lastKnownElr", &lastKnownElr, .always.nullableAlways)
                try fields.field("offlineReplicas", &offlineReplicas, .always.ignorable)
            }
        }
    }

    public struct Cursor: WireStruct {
        public var topicName = ByteString()
        public var partitionIndex: Int32 = 0
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicName", &topicName)
            try fields.field("partitionIndex", &partitionIndex)
        }
    }
}
