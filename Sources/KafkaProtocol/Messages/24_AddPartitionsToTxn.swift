public import Bytes

/// Adds partitions to a transaction.
public struct AddPartitionsToTxnRequest: KafkaRequest {
    public typealias Response = AddPartitionsToTxnResponse
    public static let api = APIKey.addPartitionsToTxn
    public static let versions: ClosedRange<Int16> = 0...5
    public static let flexibleSince: Int16? = 3

    public var transactions: [AddPartitionsToTxnTransaction] = []
    public var v3AndBelowTransactionalId = ByteString()
    public var v3AndBelowProducerId: Int64 = 0
    public var v3AndBelowProducerEpoch: Int16 = 0
    public var v3AndBelowTopics: [AddPartitionsToTxnTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("transactions", &transactions, .since(4))
        try fields.field("v3AndBelowTransactionalId", &v3AndBelowTransactionalId, .versions(0...3))
        try fields.field("v3AndBelowProducerId", &v3AndBelowProducerId, .versions(0...3))
        try fields.field("v3AndBelowProducerEpoch", &v3AndBelowProducerEpoch, .versions(0...3))
        try fields.field("v3AndBelowTopics", &v3AndBelowTopics, .versions(0...3))
    }

    public struct AddPartitionsToTxnTransaction: WireStruct {
        public var transactionalId = ByteString()
        public var producerId: Int64 = 0
        public var producerEpoch: Int16 = 0
        public var verifyOnly = false
        public var topics: [AddPartitionsToTxnTopic] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("transactionalId", &transactionalId)
            try fields.field("producerId", &producerId)
            try fields.field("producerEpoch", &producerEpoch)
            try fields.field("verifyOnly", &verifyOnly)
            try fields.field("topics", &topics)
        }
    }

    public struct AddPartitionsToTxnTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [Int32] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }
    }
}

/// The answer to ``AddPartitionsToTxnRequest``.
public struct AddPartitionsToTxnResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var resultsByTransaction: [AddPartitionsToTxnResult] = []
    public var resultsByTopicV3AndBelow: [AddPartitionsToTxnTopicResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode, .since(4).ignorable)
        try fields.field("resultsByTransaction", &resultsByTransaction, .since(4))
        try fields.field("resultsByTopicV3AndBelow", &resultsByTopicV3AndBelow, .versions(0...3))
    }

    public struct AddPartitionsToTxnResult: WireStruct {
        public var transactionalId = ByteString()
        public var topicResults: [AddPartitionsToTxnTopicResult] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("transactionalId", &transactionalId)
            try fields.field("topicResults", &topicResults)
        }
    }

    public struct AddPartitionsToTxnTopicResult: WireStruct {
        public var name = ByteString()
        public var resultsByPartition: [AddPartitionsToTxnPartitionResult] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("resultsByPartition", &resultsByPartition)
        }
    }

    public struct AddPartitionsToTxnPartitionResult: WireStruct {
        public var partitionIndex: Int32 = 0
        public var partitionErrorCode: ErrorCode = .none
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("partitionIndex", &partitionIndex)
            try fields.field("partitionErrorCode", &partitionErrorCode)
        }
    }
}
