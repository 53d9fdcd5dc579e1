public import Bytes

/// Commits a group's positions.
public struct OffsetCommitRequest: KafkaRequest {
    public typealias Response = OffsetCommitResponse
    public static let api = APIKey.offsetCommit
    public static let versions: ClosedRange<Int16> = 2...9
    public static let flexibleSince: Int16? = 8

    public var groupId = ByteString()
    public var generationIdOrMemberEpoch: Int32 = -1
    public var memberId = ByteString()
    public var groupInstanceId: ByteString?
    public var retentionTimeMs: Int64 = -1
    public var topics: [OffsetCommitRequestTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId)
        try fields.field("generationIdOrMemberEpoch", &generationIdOrMemberEpoch, .always.ignorable, initial: -1)
        try fields.field("memberId", &memberId, .always.ignorable)
        try fields.field("groupInstanceId", &groupInstanceId, .since(7).nullableAlways)
        try fields.field("retentionTimeMs", &retentionTimeMs, .versions(2...4).ignorable, initial: -1)
        try fields.field("topics", &topics)
    }

    public struct OffsetCommitRequestTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [OffsetCommitRequestPartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name, .always.ignorable)
            try fields.field("partitions", &partitions)
        }

        public struct OffsetCommitRequestPartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var committedOffset: Int64 = 0
            public var committedLeaderEpoch: Int32 = -1
            public var committedMetadata: ByteString?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("committedOffset", &committedOffset)
                try fields.field("committedLeaderEpoch", &committedLeaderEpoch, .since(6).ignorable, initial: -1)
                try fields.field("committedMetadata", &committedMetadata, .always.nullableAlways)
            }
        }
    }
}

/// The answer to ``OffsetCommitRequest``.
public struct OffsetCommitResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var topics: [OffsetCommitResponseTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(3).ignorable)
        try fields.field("topics", &topics)
    }

    public struct OffsetCommitResponseTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [OffsetCommitResponsePartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name, .always.ignorable)
            try fields.field("partitions", &partitions)
        }

        public struct OffsetCommitResponsePartition: WireStruct {
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
