public import Bytes

/// Finds the end offset of a leader epoch (KIP-320).
public struct OffsetForLeaderEpochRequest: KafkaRequest {
    public typealias Response = OffsetForLeaderEpochResponse
    public static let api = APIKey.offsetForLeaderEpoch
    public static let versions: ClosedRange<Int16> = 2...4
    public static let flexibleSince: Int16? = 4

    public var replicaId: Int32 = -2
    public var topics: [OffsetForLeaderTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("replicaId", &replicaId, .since(3).ignorable, initial: -2)
        try fields.field("topics", &topics)
    }

    public struct OffsetForLeaderTopic: WireStruct {
        public var topic = ByteString()
        public var partitions: [OffsetForLeaderPartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topic", &topic)
            try fields.field("partitions", &partitions)
        }

        public struct OffsetForLeaderPartition: WireStruct {
            public var partition: Int32 = 0
            public var currentLeaderEpoch: Int32 = -1
            public var leaderEpoch: Int32 = 0
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partition", &partition)
                try fields.field("currentLeaderEpoch", &currentLeaderEpoch, .always.ignorable, initial: -1)
                try fields.field("leaderEpoch", &leaderEpoch)
            }
        }
    }
}

/// The answer to ``OffsetForLeaderEpochRequest``.
public struct OffsetForLeaderEpochResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var topics: [OffsetForLeaderTopicResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .always.ignorable)
        try fields.field("topics", &topics)
    }

    public struct OffsetForLeaderTopicResult: WireStruct {
        public var topic = ByteString()
        public var partitions: [EpochEndOffset] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topic", &topic)
            try fields.field("partitions", &partitions)
        }

        public struct EpochEndOffset: WireStruct {
            public var errorCode: ErrorCode = .none
            public var partition: Int32 = 0
            public var leaderEpoch: Int32 = -1
            public var endOffset: Int64 = -1
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("errorCode", &errorCode)
                try fields.field("partition", &partition)
                try fields.field("leaderEpoch", &leaderEpoch, .always.ignorable, initial: -1)
                try fields.field("endOffset", &endOffset, .always, initial: -1)
            }
        }
    }
}
