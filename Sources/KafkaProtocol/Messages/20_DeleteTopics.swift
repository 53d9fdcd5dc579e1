public import Bytes

/// Deletes topics, by name or by id.
public struct DeleteTopicsRequest: KafkaRequest {
    public typealias Response = DeleteTopicsResponse
    public static let api = APIKey.deleteTopics
    public static let versions: ClosedRange<Int16> = 1...6
    public static let flexibleSince: Int16? = 4

    public var topics: [DeleteTopicState] = []
    public var topicNames: [ByteString] = []
    public var timeoutMs: Int32 = 0
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("topics", &topics, .since(6))
        try fields.field("topicNames", &topicNames, .versions(0...5).ignorable)
        try fields.field("timeoutMs", &timeoutMs)
    }

    public struct DeleteTopicState: WireStruct {
        public var name: ByteString?
        public var topicId: KafkaUUID = .zero
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name, .always.nullableAlways)
            try fields.field("topicId", &topicId)
        }
    }
}

/// The answer to ``DeleteTopicsRequest``.
public struct DeleteTopicsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var responses: [DeletableTopicResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .always.ignorable)
        try fields.field("responses", &responses)
    }

    public struct DeletableTopicResult: WireStruct {
        public var name: ByteString?
        public var topicId: KafkaUUID = .zero
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name, .always.nullable(since: 6))
            try fields.field("topicId", &topicId, .since(6).ignorable)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .since(5).nullableAlways.ignorable)
        }
    }
}
