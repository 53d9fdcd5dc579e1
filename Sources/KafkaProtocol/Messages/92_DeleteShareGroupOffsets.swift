public import Bytes

/// Deletes a share group's offsets of topics.
public struct DeleteShareGroupOffsetsRequest: KafkaRequest {
    public typealias Response = DeleteShareGroupOffsetsResponse
    public static let api = APIKey.deleteShareGroupOffsets
    public static let versions: ClosedRange<Int16> = 0...0
    public static let flexibleSince: Int16? = 0

    public var groupId = ByteString()
    public var topics: [DeleteShareGroupOffsetsRequestTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId)
        try fields.field("topics", &topics)
    }

    public struct DeleteShareGroupOffsetsRequestTopic: WireStruct {
        public var topicName = ByteString()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicName", &topicName)
        }
    }
}

/// The answer to ``DeleteShareGroupOffsetsRequest``.
public struct DeleteShareGroupOffsetsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var responses: [DeleteShareGroupOffsetsResponseTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("responses", &responses)
    }

    public struct DeleteShareGroupOffsetsResponseTopic: WireStruct {
        public var topicName = ByteString()
        public var topicId: KafkaUUID = .zero
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicName", &topicName)
            try fields.field("topicId", &topicId)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        }
    }
}
