public import Bytes

/// Elects leaders.
public struct ElectLeadersRequest: KafkaRequest {
    public typealias Response = ElectLeadersResponse
    public static let api = APIKey.electLeaders
    public static let versions: ClosedRange<Int16> = 0...2
    public static let flexibleSince: Int16? = 2

    public var electionType: Int8 = 0
    public var topicPartitions: [TopicPartitions]?
    public var timeoutMs: Int32 = 60_000
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("electionType", &electionType, .since(1))
        try fields.field("topicPartitions", &topicPartitions, .always.nullableAlways)
        try fields.field("timeoutMs", &timeoutMs, .always, initial: 60_000)
    }

    public struct TopicPartitions: WireStruct {
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

/// The answer to ``ElectLeadersRequest``.
public struct ElectLeadersResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var replicaElectionResults: [ReplicaElectionResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode, .since(1))
        try fields.field("replicaElectionResults", &replicaElectionResults)
    }

    public struct ReplicaElectionResult: WireStruct {
        public var topic = ByteString()
        public var partitionResult: [PartitionResult] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topic", &topic)
            try fields.field("partitionResult", &partitionResult)
        }

        public struct PartitionResult: WireStruct {
            public var partitionId: Int32 = 0
            public var errorCode: ErrorCode = .none
            public var errorMessage: ByteString?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionId", &partitionId)
                try fields.field("errorCode", &errorCode)
                try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
            }
        }
    }
}
