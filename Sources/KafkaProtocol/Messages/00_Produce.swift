public import Bytes

/// Appends record batches to partitions.
public struct ProduceRequest: KafkaRequest {
    public typealias Response = ProduceResponse
    public static let api = APIKey.produce
    public static let versions: ClosedRange<Int16> = 3...13
    public static let flexibleSince: Int16? = 9

    public var transactionalId: ByteString?
    public var acks: Int16 = 0
    public var timeoutMs: Int32 = 0
    public var topicData: [TopicProduceData] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("transactionalId", &transactionalId, .always.nullableAlways)
        try fields.field("acks", &acks)
        try fields.field("timeoutMs", &timeoutMs)
        try fields.field("topicData", &topicData)
    }

    public struct TopicProduceData: WireStruct {
        public var name = ByteString()
        public var topicId: KafkaUUID = .zero
        public var partitionData: [PartitionProduceData] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name, .versions(0...12).ignorable)
            try fields.field("topicId", &topicId, .since(13).ignorable)
            try fields.field("partitionData", &partitionData)
        }

        public struct PartitionProduceData: WireStruct {
            public var index: Int32 = 0
            public var records: Blob?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("index", &index)
                try fields.field("records", &records, .always.nullableAlways)
            }
        }
    }
}

/// The answer to ``ProduceRequest``.
public struct ProduceResponse: WireStruct {
    public var responses: [TopicProduceResponse] = []
    public var throttleTimeMs: Int32 = 0
    public var nodeEndpoints: [NodeEndpoint] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("responses", &responses)
        try fields.field("throttleTimeMs", &throttleTimeMs, .always.ignorable)
        try fields.tagged(0, "nodeEndpoints", &nodeEndpoints, .since(10))
    }

    public struct TopicProduceResponse: WireStruct {
        public var name = ByteString()
        public var topicId: KafkaUUID = .zero
        public var partitionResponses: [PartitionProduceResponse] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name, .versions(0...12).ignorable)
            try fields.field("topicId", &topicId, .since(13).ignorable)
            try fields.field("partitionResponses", &partitionResponses)
        }

        public struct PartitionProduceResponse: WireStruct {
            public var index: Int32 = 0
            public var errorCode: ErrorCode = .none
            public var baseOffset: Int64 = 0
            public var logAppendTimeMs: Int64 = -1
            public var logStartOffset: Int64 = -1
            public var recordErrors: [BatchIndexAndErrorMessage] = []
            public var errorMessage: ByteString?
            public var currentLeader = LeaderIdAndEpoch()
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("index", &index)
                try fields.field("errorCode", &errorCode)
                try fields.field("baseOffset", &baseOffset)
                try fields.field("logAppendTimeMs", &logAppendTimeMs, .always.ignorable, initial: -1)
                try fields.field("logStartOffset", &logStartOffset, .since(5).ignorable, initial: -1)
                try fields.field("recordErrors", &recordErrors, .since(8).ignorable)
                try fields.field("errorMessage", &errorMessage, .since(8).nullableAlways.ignorable)
                try fields.tagged(0, "currentLeader", &currentLeader, .since(10))
            }

            public struct BatchIndexAndErrorMessage: WireStruct {
                public var batchIndex: Int32 = 0
                public var batchIndexErrorMessage: ByteString?
                public var unknownTags = UnknownTags()

                public init() {}

                public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                    try fields.field("batchIndex", &batchIndex)
                    try fields.field("batchIndexErrorMessage", &batchIndexErrorMessage, .always.nullableAlways)
                }
            }

            public struct LeaderIdAndEpoch: WireStruct {
                public var leaderId: Int32 = -1
                public var leaderEpoch: Int32 = -1
                public var unknownTags = UnknownTags()

                public init() {}

                public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                    try fields.field("leaderId", &leaderId, .always, initial: -1)
                    try fields.field("leaderEpoch", &leaderEpoch, .always, initial: -1)
                }
            }
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
