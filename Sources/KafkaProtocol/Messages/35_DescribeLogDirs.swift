public import Bytes

/// Lists log directories and the partitions in them, of the asked broker.
public struct DescribeLogDirsRequest: KafkaRequest {
    public typealias Response = DescribeLogDirsResponse
    public static let api = APIKey.describeLogDirs
    public static let versions: ClosedRange<Int16> = 1...4
    public static let flexibleSince: Int16? = 2

    public var topics: [DescribableLogDirTopic]?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("topics", &topics, .always.nullableAlways)
    }

    public struct DescribableLogDirTopic: WireStruct {
        public var topic = ByteString()
        public var partitions: [Int32] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topic", &topic)
            try fields.field("partitions", &partitions)
        }
    }
}

/// The answer to ``DescribeLogDirsRequest``.
public struct DescribeLogDirsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var results: [DescribeLogDirsResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode, .since(3).ignorable)
        try fields.field("results", &results)
    }

    public struct DescribeLogDirsResult: WireStruct {
        public var errorCode: ErrorCode = .none
        public var logDir = ByteString()
        public var topics: [DescribeLogDirsTopic] = []
        public var totalBytes: Int64 = -1
        public var usableBytes: Int64 = -1
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("errorCode", &errorCode)
            try fields.field("logDir", &logDir)
            try fields.field("topics", &topics)
            try fields.field("totalBytes", &totalBytes, .since(4).ignorable, initial: -1)
            try fields.field("usableBytes", &usableBytes, .since(4).ignorable, initial: -1)
        }

        public struct DescribeLogDirsTopic: WireStruct {
            public var name = ByteString()
            public var partitions: [DescribeLogDirsPartition] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("name", &name)
                try fields.field("partitions", &partitions)
            }

            public struct DescribeLogDirsPartition: WireStruct {
                public var partitionIndex: Int32 = 0
                public var partitionSize: Int64 = 0
                public var offsetLag: Int64 = 0
                public var isFutureKey = false
                public var unknownTags = UnknownTags()

                public init() {}

                public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                    try fields.field("partitionIndex", &partitionIndex)
                    try fields.field("partitionSize", &partitionSize)
                    try fields.field("offsetLag", &offsetLag)
                    try fields.field("isFutureKey", &isFutureKey)
                }
            }
        }
    }
}
