public import Bytes

/// Lists producers active on partitions.
public struct DescribeProducersRequest: KafkaRequest {
    public typealias Response = DescribeProducersResponse
    public static let api = APIKey.describeProducers
    public static let versions: ClosedRange<Int16> = 0...0
    public static let flexibleSince: Int16? = 0

    public var topics: [TopicRequest] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("topics", &topics)
    }

    public struct TopicRequest: WireStruct {
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

/// The answer to ``DescribeProducersRequest``.
public struct DescribeProducersResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var topics: [TopicResponse] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("topics", &topics)
    }

    public struct TopicResponse: WireStruct {
        public var name = ByteString()
        public var partitions: [PartitionResponse] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct PartitionResponse: WireStruct {
            public var partitionIndex: Int32 = 0
            public var errorCode: ErrorCode = .none
            public var errorMessage: ByteString?
            public var activeProducers: [ProducerState] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("errorCode", &errorCode)
                try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
                try fields.field("activeProducers", &activeProducers)
            }

            public struct ProducerState: WireStruct {
                public var producerId: Int64 = 0
                public var producerEpoch: Int32 = 0
                public var lastSequence: Int32 = -1
                public var lastTimestamp: Int64 = -1
                public var coordinatorEpoch: Int32 = 0
                public var currentTxnStartOffset: Int64 = -1
                public var unknownTags = UnknownTags()

                public init() {}

                public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                    try fields.field("producerId", &producerId)
                    try fields.field("producerEpoch", &producerEpoch)
                    try fields.field("lastSequence", &lastSequence, .always, initial: -1)
                    try fields.field("lastTimestamp", &lastTimestamp, .always, initial: -1)
                    try fields.field("coordinatorEpoch", &coordinatorEpoch)
                    try fields.field("currentTxnStartOffset", &currentTxnStartOffset, .always, initial: -1)
                }
            }
        }
    }
}
