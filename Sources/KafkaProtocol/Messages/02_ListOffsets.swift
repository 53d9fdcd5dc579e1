public import Bytes

/// Finds offsets by timestamp: -1 the end, -2 the start of a log.
public struct ListOffsetsRequest: KafkaRequest {
    public typealias Response = ListOffsetsResponse
    public static let api = APIKey.listOffsets
    public static let versions: ClosedRange<Int16> = 1...10
    public static let flexibleSince: Int16? = 6

    public var replicaId: Int32 = 0
    public var isolationLevel: Int8 = 0
    public var topics: [ListOffsetsTopic] = []
    public var timeoutMs: Int32 = 0
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("replicaId", &replicaId)
        try fields.field("isolationLevel", &isolationLevel, .since(2))
        try fields.field("topics", &topics)
        try fields.field("timeoutMs", &timeoutMs, .since(10).ignorable)
    }

    public struct ListOffsetsTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [ListOffsetsPartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct ListOffsetsPartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var currentLeaderEpoch: Int32 = -1
            public var timestamp: Int64 = 0
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("currentLeaderEpoch", &currentLeaderEpoch, .since(4).ignorable, initial: -1)
                try fields.field("timestamp", &timestamp)
            }
        }
    }
}

/// The answer to ``ListOffsetsRequest``.
public struct ListOffsetsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var topics: [ListOffsetsTopicResponse] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(2).ignorable)
        try fields.field("topics", &topics)
    }

    public struct ListOffsetsTopicResponse: WireStruct {
        public var name = ByteString()
        public var partitions: [ListOffsetsPartitionResponse] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct ListOffsetsPartitionResponse: WireStruct {
            public var partitionIndex: Int32 = 0
            public var errorCode: ErrorCode = .none
            public var timestamp: Int64 = -1
            public var offset: Int64 = -1
            public var leaderEpoch: Int32 = -1
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("errorCode", &errorCode)
                try fields.field("timestamp", &timestamp, .always, initial: -1)
                try fields.field("offset", &offset, .always, initial: -1)
                try fields.field("leaderEpoch", &leaderEpoch, .since(4), initial: -1)
            }
        }
    }
}
