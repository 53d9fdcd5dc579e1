public import Bytes

/// Lists brokers, topics, partitions and their leaders. We never allow it to create a topic.
public struct MetadataRequest: KafkaRequest {
    public typealias Response = MetadataResponse
    public static let api = APIKey.metadata
    public static let versions: ClosedRange<Int16> = 0...13
    public static let flexibleSince: Int16? = 9

    public var topics: [MetadataRequestTopic]?
    public var allowAutoTopicCreation = true
    public var includeClusterAuthorizedOperations = false
    public var includeTopicAuthorizedOperations = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("topics", &topics, .always.nullable(since: 1))
        try fields.field("allowAutoTopicCreation", &allowAutoTopicCreation, .since(4), initial: true)
        try fields.field("includeClusterAuthorizedOperations", &includeClusterAuthorizedOperations, .versions(8...10))
        try fields.field("includeTopicAuthorizedOperations", &includeTopicAuthorizedOperations, .since(8))
    }

    public struct MetadataRequestTopic: WireStruct {
        public var topicId: KafkaUUID = .zero
        public var name: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicId", &topicId, .since(10).ignorable)
            try fields.field("name", &name, .always.nullable(since: 10))
        }
    }
}

/// The answer to ``MetadataRequest``.
public struct MetadataResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var brokers: [MetadataResponseBroker] = []
    public var clusterId: ByteString?
    public var controllerId: Int32 = -1
    public var topics: [MetadataResponseTopic] = []
    public var clusterAuthorizedOperations: Int32 = -2_147_483_648
    public var errorCode: ErrorCode = .none
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(3).ignorable)
        try fields.field("brokers", &brokers)
        try fields.field("clusterId", &clusterId, .since(2).nullableAlways.ignorable)
        try fields.field("controllerId", &controllerId, .since(1).ignorable, initial: -1)
        try fields.field("topics", &topics)
        try fields.field("clusterAuthorizedOperations", &clusterAuthorizedOperations, .versions(8...10), initial: -2_147_483_648)
        try fields.field("errorCode", &errorCode, .since(13).ignorable)
    }

    public struct MetadataResponseBroker: WireStruct {
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
            try fields.field("rack", &rack, .since(1).nullableAlways.ignorable)
        }
    }

    public struct MetadataResponseTopic: WireStruct {
        public var errorCode: ErrorCode = .none
        public var name: ByteString?
        public var topicId: KafkaUUID = .zero
        public var isInternal = false
        public var partitions: [MetadataResponsePartition] = []
        public var topicAuthorizedOperations: Int32 = -2_147_483_648
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("errorCode", &errorCode)
            try fields.field("name", &name, .always.nullable(since: 12))
            try fields.field("topicId", &topicId, .since(10).ignorable)
            try fields.field("isInternal", &isInternal, .since(1).ignorable)
            try fields.field("partitions", &partitions)
            try fields.field("topicAuthorizedOperations", &topicAuthorizedOperations, .since(8), initial: -2_147_483_648)
        }

        public struct MetadataResponsePartition: WireStruct {
            public var errorCode: ErrorCode = .none
            public var partitionIndex: Int32 = 0
            public var leaderId: Int32 = 0
            public var leaderEpoch: Int32 = -1
            public var replicaNodes: [Int32] = []
            public var isrNodes: [Int32] = []
            public var offlineReplicas: [Int32] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("errorCode", &errorCode)
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("leaderId", &leaderId)
                try fields.field("leaderEpoch", &leaderEpoch, .since(7).ignorable, initial: -1)
                try fields.field("replicaNodes", &replicaNodes)
                try fields.field("isrNodes", &isrNodes)
                try fields.field("offlineReplicas", &offlineReplicas, .since(5).ignorable)
            }
        }
    }
}
