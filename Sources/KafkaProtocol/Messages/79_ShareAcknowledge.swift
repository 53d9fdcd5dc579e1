public import Bytes

/// Says what became of records that a member of a share group holds (KIP-932).
public struct ShareAcknowledgeRequest: KafkaRequest {
    public typealias Response = ShareAcknowledgeResponse
    public static let api = APIKey.shareAcknowledge
    public static let versions: ClosedRange<Int16> = 1...1
    public static let flexibleSince: Int16? = 0

    public var groupId: ByteString?
    public var memberId: ByteString?
    /// -1 ends the session, others count.
    public var shareSessionEpoch: Int32 = 0
    public var topics: [AcknowledgeTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId, .always.nullableAlways)
        try fields.field("memberId", &memberId, .always.nullableAlways)
        try fields.field("shareSessionEpoch", &shareSessionEpoch)
        try fields.field("topics", &topics)
    }

    public struct AcknowledgeTopic: WireStruct {
        public var topicId: KafkaUUID = .zero
        public var partitions: [AcknowledgePartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicId", &topicId)
            try fields.field("partitions", &partitions)
        }
    }

    public struct AcknowledgePartition: WireStruct {
        public var partitionIndex: Int32 = 0
        public var acknowledgementBatches: [AcknowledgementBatch] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("partitionIndex", &partitionIndex)
            try fields.field("acknowledgementBatches", &acknowledgementBatches)
        }
    }

    public typealias AcknowledgementBatch = ShareFetchRequest.AcknowledgementBatch
}

/// The answer to ``ShareAcknowledgeRequest``.
public struct ShareAcknowledgeResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var responses: [ShareAcknowledgeTopicResponse] = []
    public var nodeEndpoints: [NodeEndpoint] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("responses", &responses)
        try fields.field("nodeEndpoints", &nodeEndpoints)
    }

    public struct ShareAcknowledgeTopicResponse: WireStruct {
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
        public var currentLeader = LeaderIdAndEpoch()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("partitionIndex", &partitionIndex)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
            try fields.field("currentLeader", &currentLeader)
        }
    }

    public typealias LeaderIdAndEpoch = ShareFetchResponse.LeaderIdAndEpoch
    public typealias NodeEndpoint = ShareFetchResponse.NodeEndpoint
}
