public import Bytes

/// Raises topics' partition counts.
public struct CreatePartitionsRequest: KafkaRequest {
    public typealias Response = CreatePartitionsResponse
    public static let api = APIKey.createPartitions
    public static let versions: ClosedRange<Int16> = 0...3
    public static let flexibleSince: Int16? = 2

    public var topics: [CreatePartitionsTopic] = []
    public var timeoutMs: Int32 = 0
    public var validateOnly = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("topics", &topics)
        try fields.field("timeoutMs", &timeoutMs)
        try fields.field("validateOnly", &validateOnly)
    }

    public struct CreatePartitionsTopic: WireStruct {
        public var name = ByteString()
        public var count: Int32 = 0
        public var assignments: [CreatePartitionsAssignment]?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("count", &count)
            try fields.field("assignments", &assignments, .always.nullableAlways)
        }

        public struct CreatePartitionsAssignment: WireStruct {
            public var brokerIds: [Int32] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("brokerIds", &brokerIds)
            }
        }
    }
}

/// The answer to ``CreatePartitionsRequest``.
public struct CreatePartitionsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var results: [CreatePartitionsTopicResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("results", &results)
    }

    public struct CreatePartitionsTopicResult: WireStruct {
        public var name = ByteString()
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        }
    }
}
