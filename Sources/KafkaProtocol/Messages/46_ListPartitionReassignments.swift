public import Bytes

/// Lists replicas on the move.
public struct ListPartitionReassignmentsRequest: KafkaRequest {
    public typealias Response = ListPartitionReassignmentsResponse
    public static let api = APIKey.listPartitionReassignments
    public static let versions: ClosedRange<Int16> = 0...0
    public static let flexibleSince: Int16? = 0

    public var timeoutMs: Int32 = 60_000
    public var topics: [ListPartitionReassignmentsTopics]?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("timeoutMs", &timeoutMs, .always, initial: 60_000)
        try fields.field("topics", &topics, .always.nullableAlways)
    }

    public struct ListPartitionReassignmentsTopics: WireStruct {
        public var name = ByteString()
        public var partitionIndexes: [Int32] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitionIndexes", &partitionIndexes)
        }
    }
}

/// The answer to ``ListPartitionReassignmentsRequest``.
public struct ListPartitionReassignmentsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var topics: [OngoingTopicReassignment] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("topics", &topics)
    }

    public struct OngoingTopicReassignment: WireStruct {
        public var name = ByteString()
        public var partitions: [OngoingPartitionReassignment] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct OngoingPartitionReassignment: WireStruct {
            public var partitionIndex: Int32 = 0
            public var replicas: [Int32] = []
            public var addingReplicas: [Int32] = []
            public var removingReplicas: [Int32] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("replicas", &replicas)
                try fields.field("addingReplicas", &addingReplicas)
                try fields.field("removingReplicas", &removingReplicas)
            }
        }
    }
}
