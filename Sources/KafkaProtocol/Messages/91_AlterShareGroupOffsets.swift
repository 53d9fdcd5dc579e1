public import Bytes

/// Sets a share group's start offsets.
public struct AlterShareGroupOffsetsRequest: KafkaRequest {
    public typealias Response = AlterShareGroupOffsetsResponse
    public static let api = APIKey.alterShareGroupOffsets
    public static let versions: ClosedRange<Int16> = 0...0
    public static let flexibleSince: Int16? = 0

    public var groupId = ByteString()
    public var topics: [AlterShareGroupOffsetsRequestTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId)
        try fields.field("topics", &topics)
    }

    public struct AlterShareGroupOffsetsRequestTopic: WireStruct {
        public var topicName = ByteString()
        public var partitions: [AlterShareGroupOffsetsRequestPartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicName", &topicName)
            try fields.field("partitions", &partitions)
        }

        public struct AlterShareGroupOffsetsRequestPartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var startOffset: Int64 = 0
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("startOffset", &startOffset)
            }
        }
    }
}

/// The answer to ``AlterShareGroupOffsetsRequest``.
public struct AlterShareGroupOffsetsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var responses: [AlterShareGroupOffsetsResponseTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("responses", &responses)
    }

    public struct AlterShareGroupOffsetsResponseTopic: WireStruct {
        public var topicName = ByteString()
        public var topicId: KafkaUUID = .zero
        public var partitions: [AlterShareGroupOffsetsResponsePartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicName", &topicName)
            try fields.field("topicId", &topicId)
            try fields.field("partitions", &partitions)
        }

        public struct AlterShareGroupOffsetsResponsePartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var errorCode: ErrorCode = .none
            public var errorMessage: ByteString?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("errorCode", &errorCode)
                try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
            }
        }
    }
}
