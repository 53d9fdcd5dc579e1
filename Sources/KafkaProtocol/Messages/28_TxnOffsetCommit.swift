public import Bytes

/// Commits positions inside a transaction.
public struct TxnOffsetCommitRequest: KafkaRequest {
    public typealias Response = TxnOffsetCommitResponse
    public static let api = APIKey.txnOffsetCommit
    public static let versions: ClosedRange<Int16> = 0...5
    public static let flexibleSince: Int16? = 3

    public var transactionalId = ByteString()
    public var groupId = ByteString()
    public var producerId: Int64 = 0
    public var producerEpoch: Int16 = 0
    public var generationId: Int32 = -1
    public var memberId = ByteString()
    public var groupInstanceId: ByteString?
    public var topics: [TxnOffsetCommitRequestTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("transactionalId", &transactionalId)
        try fields.field("groupId", &groupId)
        try fields.field("producerId", &producerId)
        try fields.field("producerEpoch", &producerEpoch)
        try fields.field("generationId", &generationId, .since(3), initial: -1)
        try fields.field("memberId", &memberId, .since(3))
        try fields.field("groupInstanceId", &groupInstanceId, .since(3).nullableAlways)
        try fields.field("topics", &topics)
    }

    public struct TxnOffsetCommitRequestTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [TxnOffsetCommitRequestPartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct TxnOffsetCommitRequestPartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var committedOffset: Int64 = 0
            public var committedLeaderEpoch: Int32 = -1
            public var committedMetadata: ByteString?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("committedOffset", &committedOffset)
                try fields.field("committedLeaderEpoch", &committedLeaderEpoch, .since(2).ignorable, initial: -1)
                try fields.field("committedMetadata", &committedMetadata, .always.nullableAlways)
            }
        }
    }
}

/// The answer to ``TxnOffsetCommitRequest``.
public struct TxnOffsetCommitResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var topics: [TxnOffsetCommitResponseTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("topics", &topics)
    }

    public struct TxnOffsetCommitResponseTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [TxnOffsetCommitResponsePartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct TxnOffsetCommitResponsePartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var errorCode: ErrorCode = .none
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("errorCode", &errorCode)
            }
        }
    }
}
