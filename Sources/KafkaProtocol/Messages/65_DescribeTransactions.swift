public import Bytes

/// Describes transactions by id.
public struct DescribeTransactionsRequest: KafkaRequest {
    public typealias Response = DescribeTransactionsResponse
    public static let api = APIKey.describeTransactions
    public static let versions: ClosedRange<Int16> = 0...0
    public static let flexibleSince: Int16? = 0

    public var transactionalIds: [ByteString] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("transactionalIds", &transactionalIds)
    }
}

/// The answer to ``DescribeTransactionsRequest``.
public struct DescribeTransactionsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var transactionStates: [TransactionState] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("transactionStates", &transactionStates)
    }

    public struct TransactionState: WireStruct {
        public var errorCode: ErrorCode = .none
        public var transactionalId = ByteString()
        public var transactionState = ByteString()
        public var transactionTimeoutMs: Int32 = 0
        public var transactionStartTimeMs: Int64 = 0
        public var producerId: Int64 = 0
        public var producerEpoch: Int16 = 0
        public var topics: [TopicData] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("errorCode", &errorCode)
            try fields.field("transactionalId", &transactionalId)
            try fields.field("transactionState", &transactionState)
            try fields.field("transactionTimeoutMs", &transactionTimeoutMs)
            try fields.field("transactionStartTimeMs", &transactionStartTimeMs)
            try fields.field("producerId", &producerId)
            try fields.field("producerEpoch", &producerEpoch)
            try fields.field("topics", &topics)
        }

        public struct TopicData: WireStruct {
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
}
