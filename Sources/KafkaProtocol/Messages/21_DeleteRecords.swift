public import Bytes

/// Deletes records below an offset.
public struct DeleteRecordsRequest: KafkaRequest {
    public typealias Response = DeleteRecordsResponse
    public static let api = APIKey.deleteRecords
    public static let versions: ClosedRange<Int16> = 0...2
    public static let flexibleSince: Int16? = 2

    public var topics: [DeleteRecordsTopic] = []
    public var timeoutMs: Int32 = 0
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("topics", &topics)
        try fields.field("timeoutMs", &timeoutMs)
    }

    public struct DeleteRecordsTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [DeleteRecordsPartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct DeleteRecordsPartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var offset: Int64 = 0
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("offset", &offset)
            }
        }
    }
}

/// The answer to ``DeleteRecordsRequest``.
public struct DeleteRecordsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var topics: [DeleteRecordsTopicResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("topics", &topics)
    }

    public struct DeleteRecordsTopicResult: WireStruct {
        public var name = ByteString()
        public var partitions: [DeleteRecordsPartitionResult] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct DeleteRecordsPartitionResult: WireStruct {
            public var partitionIndex: Int32 = 0
            public var lowWatermark: Int64 = 0
            public var errorCode: ErrorCode = .none
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("lowWatermark", &lowWatermark)
                try fields.field("errorCode", &errorCode)
            }
        }
    }
}
