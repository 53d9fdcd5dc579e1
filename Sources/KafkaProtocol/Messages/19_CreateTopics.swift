public import Bytes

/// Creates topics.
public struct CreateTopicsRequest: KafkaRequest {
    public typealias Response = CreateTopicsResponse
    public static let api = APIKey.createTopics
    public static let versions: ClosedRange<Int16> = 2...7
    public static let flexibleSince: Int16? = 5

    public var topics: [CreatableTopic] = []
    public var timeoutMs: Int32 = 60_000
    public var validateOnly = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("topics", &topics)
        try fields.field("timeoutMs", &timeoutMs, .always, initial: 60_000)
        try fields.field("validateOnly", &validateOnly)
    }

    public struct CreatableTopic: WireStruct {
        public var name = ByteString()
        public var numPartitions: Int32 = 0
        public var replicationFactor: Int16 = 0
        public var assignments: [CreatableReplicaAssignment] = []
        public var configs: [CreatableTopicConfig] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("numPartitions", &numPartitions)
            try fields.field("replicationFactor", &replicationFactor)
            try fields.field("assignments", &assignments)
            try fields.field("configs", &configs)
        }

        public struct CreatableReplicaAssignment: WireStruct {
            public var partitionIndex: Int32 = 0
            public var brokerIds: [Int32] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("brokerIds", &brokerIds)
            }
        }

        public struct CreatableTopicConfig: WireStruct {
            public var name = ByteString()
            public var value: ByteString?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("name", &name)
                try fields.field("value", &value, .always.nullableAlways)
            }
        }
    }
}

/// The answer to ``CreateTopicsRequest``.
public struct CreateTopicsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var topics: [CreatableTopicResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .always.ignorable)
        try fields.field("topics", &topics)
    }

    public struct CreatableTopicResult: WireStruct {
        public var name = ByteString()
        public var topicId: KafkaUUID = .zero
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var topicConfigErrorCode: ErrorCode = .none
        public var numPartitions: Int32 = -1
        public var replicationFactor: Int16 = -1
        public var configs: [CreatableTopicConfigs]?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("topicId", &topicId, .since(7).ignorable)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways.ignorable)
            try fields.field("numPartitions", &numPartitions, .since(5).ignorable, initial: -1)
            try fields.field("replicationFactor", &replicationFactor, .since(5).ignorable, initial: -1)
            try fields.field("configs", &configs, .since(5).nullableAlways.ignorable)
            try fields.tagged(0, "topicConfigErrorCode", &topicConfigErrorCode, .since(5).ignorable)
        }

        public struct CreatableTopicConfigs: WireStruct {
            public var name = ByteString()
            public var value: ByteString?
            public var readOnly = false
            public var configSource: Int8 = -1
            public var isSensitive = false
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("name", &name)
                try fields.field("value", &value, .always.nullableAlways)
                try fields.field("readOnly", &readOnly)
                try fields.field("configSource", &configSource, .always.ignorable, initial: -1)
                try fields.field("isSensitive", &isSensitive)
            }
        }
    }
}
