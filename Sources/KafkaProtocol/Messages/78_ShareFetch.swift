public import Bytes

/// Fetches records for a member of a share group, who holds them for a while, and acknowledges earlier ones (KIP-932).
public struct ShareFetchRequest: KafkaRequest {
    public typealias Response = ShareFetchResponse
    public static let api = APIKey.shareFetch
    public static let versions: ClosedRange<Int16> = 1...1
    public static let flexibleSince: Int16? = 0

    public var groupId: ByteString?
    public var memberId: ByteString?
    /// 0 begins a session, -1 ends it, others count.
    public var shareSessionEpoch: Int32 = 0
    public var maxWaitMs: Int32 = 0
    public var minBytes: Int32 = 0
    public var maxBytes: Int32 = .max
    public var maxRecords: Int32 = 0
    public var batchSize: Int32 = 0
    public var topics: [FetchTopic] = []
    public var forgottenTopicsData: [ForgottenTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId, .always.nullableAlways)
        try fields.field("memberId", &memberId, .always.nullableAlways)
        try fields.field("shareSessionEpoch", &shareSessionEpoch)
        try fields.field("maxWaitMs", &maxWaitMs)
        try fields.field("minBytes", &minBytes)
        try fields.field("maxBytes", &maxBytes, .always, initial: .max)
        try fields.field("maxRecords", &maxRecords, .since(1))
        try fields.field("batchSize", &batchSize, .since(1))
        try fields.field("topics", &topics)
        try fields.field("forgottenTopicsData", &forgottenTopicsData)
    }

    public struct FetchTopic: WireStruct {
        public var topicId: KafkaUUID = .zero
        public var partitions: [FetchPartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicId", &topicId)
            try fields.field("partitions", &partitions)
        }
    }

    public struct FetchPartition: WireStruct {
        public var partitionIndex: Int32 = 0
        public var acknowledgementBatches: [AcknowledgementBatch] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("partitionIndex", &partitionIndex)
            try fields.field("acknowledgementBatches", &acknowledgementBatches)
        }
    }

    public struct AcknowledgementBatch: WireStruct {
        public var firstOffset: Int64 = 0
        public var lastOffset: Int64 = 0
        /// One for all, or one each: 0 gap, 1 accept, 2 release, 3 reject.
        public var acknowledgeTypes: [Int8] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("firstOffset", &firstOffset)
            try fields.field("lastOffset", &lastOffset)
            try fields.field("acknowledgeTypes", &acknowledgeTypes)
        }
    }

    public struct ForgottenTopic: WireStruct {
        public var topicId: KafkaUUID = .zero
        public var partitions: [Int32] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicId", &topicId)
            try fields.field("partitions", &partitions)
        }
    }
}

/// The answer to ``ShareFetchRequest``.
public struct ShareFetchResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    /// For how long the records are the member's.
    public var acquisitionLockTimeoutMs: Int32 = 0
    public var responses: [ShareFetchableTopicResponse] = []
    public var nodeEndpoints: [NodeEndpoint] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("acquisitionLockTimeoutMs", &acquisitionLockTimeoutMs, .since(1))
        try fields.field("responses", &responses)
        try fields.field("nodeEndpoints", &nodeEndpoints)
    }

    public struct ShareFetchableTopicResponse: WireStruct {
        public var topicId: KafkaUUID = .zero
        public var partitions: [PartitionData] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicId", &topicId)
            try fields.field("partitions", &partitions)
        }
    }

    public struct PartitionData: WireStruct {
        public var partitionIndex: Int32 = 0
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var acknowledgeErrorCode: ErrorCode = .none
        public var acknowledgeErrorMessage: ByteString?
        public var currentLeader = LeaderIdAndEpoch()
        public var records: Blob?
        public var acquiredRecords: [AcquiredRecords] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("partitionIndex", &partitionIndex)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
            try fields.field("acknowledgeErrorCode", &acknowledgeErrorCode)
            try fields.field("acknowledgeErrorMessage", &acknowledgeErrorMessage, .always.nullableAlways)
            try fields.field("currentLeader", &currentLeader)
            try fields.field("records", &records, .always.nullableAlways)
            try fields.field("acquiredRecords", &acquiredRecords)
        }
    }

    public struct LeaderIdAndEpoch: WireStruct {
        public var leaderId: Int32 = 0
        public var leaderEpoch: Int32 = 0
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("leaderId", &leaderId)
            try fields.field("leaderEpoch", &leaderEpoch)
        }
    }

    public struct AcquiredRecords: WireStruct {
        public var firstOffset: Int64 = 0
        public var lastOffset: Int64 = 0
        public var deliveryCount: Int16 = 0
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("firstOffset", &firstOffset)
            try fields.field("lastOffset", &lastOffset)
            try fields.field("deliveryCount", &deliveryCount)
        }
    }

    public struct NodeEndpoint: WireStruct {
        public var nodeId: Int32 = 0
        public var host = ByteString()
        public var port: Int32 = 0
        public var rack: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("nodeId", &nodeId)
            try fields.field("host", &host)
            try fields.field("port", &port)
            try fields.field("rack", &rack, .always.nullableAlways)
        }
    }
}
