public import Bytes

/// Reads share groups' start offsets.
public struct DescribeShareGroupOffsetsRequest: KafkaRequest {
    public typealias Response = DescribeShareGroupOffsetsResponse
    public static let api = APIKey.describeShareGroupOffsets
    public static let versions: ClosedRange<Int16> = 0...0
    public static let flexibleSince: Int16? = 0

    public var groups: [DescribeShareGroupOffsetsRequestGroup] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groups", &groups)
    }

    public struct DescribeShareGroupOffsetsRequestGroup: WireStruct {
        public var groupId = ByteString()
        public var topics: [DescribeShareGroupOffsetsRequestTopic]?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("groupId", &groupId)
            try fields.field("topics", &topics, .always.nullableAlways)
        }

        public struct DescribeShareGroupOffsetsRequestTopic: WireStruct {
            public var topicName = ByteString()
            public var partitions: [Int32] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("topicName", &topicName)
                try fields.field("partitions", &partitions)
            }
        }
    }
}

/// The answer to ``DescribeShareGroupOffsetsRequest``.
public struct DescribeShareGroupOffsetsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var groups: [DescribeShareGroupOffsetsResponseGroup] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("groups", &groups)
    }

    public struct DescribeShareGroupOffsetsResponseGroup: WireStruct {
        public var groupId = ByteString()
        public var topics: [DescribeShareGroupOffsetsResponseTopic] = []
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("groupId", &groupId)
            try fields.field("topics", &topics)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        }

        public struct DescribeShareGroupOffsetsResponseTopic: WireStruct {
            public var topicName = ByteString()
            public var topicId: KafkaUUID = .zero
            public var partitions: [DescribeShareGroupOffsetsResponsePartition] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("topicName", &topicName)
                try fields.field("topicId", &topicId)
                try fields.field("partitions", &partitions)
            }

            public struct DescribeShareGroupOffsetsResponsePartition: WireStruct {
                public var partitionIndex: Int32 = 0
                public var startOffset: Int64 = 0
                public var leaderEpoch: Int32 = 0
                public var errorCode: ErrorCode = .none
                public var errorMessage: ByteString?
                public var unknownTags = UnknownTags()

                public init() {}

                public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                    try fields.field("partitionIndex", &partitionIndex)
                    try fields.field("startOffset", &startOffset)
                    try fields.field("leaderEpoch", &leaderEpoch)
                    try fields.field("errorCode", &errorCode)
                    try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
                }
            }
        }
    }
}
