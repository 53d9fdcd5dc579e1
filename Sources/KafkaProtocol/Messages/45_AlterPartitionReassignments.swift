public import Bytes

/// Moves replicas.
public struct AlterPartitionReassignmentsRequest: KafkaRequest {
    public typealias Response = AlterPartitionReassignmentsResponse
    public static let api = APIKey.alterPartitionReassignments
    public static let versions: ClosedRange<Int16> = 0...1
    public static let flexibleSince: Int16? = 0

    public var timeoutMs: Int32 = 60_000
    public var allowReplicationFactorChange = true
    public var topics: [ReassignableTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("timeoutMs", &timeoutMs, .always, initial: 60_000)
        try fields.field("allowReplicationFactorChange", &allowReplicationFactorChange, .since(1), initial: true)
        try fields.field("topics", &topics)
    }

    public struct ReassignableTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [ReassignablePartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct ReassignablePartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var replicas: [Int32]?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("replicas", &replicas, .always.nullableAlways)
            }
        }
    }
}

/// The answer to ``AlterPartitionReassignmentsRequest``.
public struct AlterPartitionReassignmentsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var allowReplicationFactorChange = true
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var responses: [ReassignableTopicResponse] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("allowReplicationFactorChange", &allowReplicationFactorChange, .since(1).ignorable, initial: true)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("responses", &responses)
    }

    public struct ReassignableTopicResponse: WireStruct {
        public var name = ByteString()
        public var partitions: [ReassignablePartitionResponse] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct ReassignablePartitionResponse: WireStruct {
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
