public import Bytes

/// Describes the metadata quorum.
public struct DescribeQuorumRequest: KafkaRequest {
    public typealias Response = DescribeQuorumResponse
    public static let api = APIKey.describeQuorum
    public static let versions: ClosedRange<Int16> = 0...2
    public static let flexibleSince: Int16? = 0

    public var topics: [TopicData] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("topics", &topics)
    }

    public struct TopicData: WireStruct {
        public var topicName = ByteString()
        public var partitions: [PartitionData] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicName", &topicName)
            try fields.field("partitions", &partitions)
        }

        public struct PartitionData: WireStruct {
            public var partitionIndex: Int32 = 0
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
            }
        }
    }
}

/// The answer to ``DescribeQuorumRequest``.
public struct DescribeQuorumResponse: WireStruct {
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var topics: [TopicData] = []
    public var nodes: [Node] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .since(2).nullableAlways.ignorable)
        try fields.field("topics", &topics)
        try fields.field("nodes", &nodes, .since(2))
    }

    public struct TopicData: WireStruct {
        public var topicName = ByteString()
        public var partitions: [PartitionData] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicName", &topicName)
            try fields.field("partitions", &partitions)
        }

        public struct PartitionData: WireStruct {
            public var partitionIndex: Int32 = 0
            public var errorCode: ErrorCode = .none
            public var errorMessage: ByteString?
            public var leaderId: Int32 = 0
            public var leaderEpoch: Int32 = 0
            public var highWatermark: Int64 = 0
            public var currentVoters: [ReplicaState] = []
            public var observers: [ReplicaState] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("errorCode", &errorCode)
                try fields.field("errorMessage", &errorMessage, .since(2).nullableAlways.ignorable)
                try fields.field("leaderId", &leaderId)
                try fields.field("leaderEpoch", &leaderEpoch)
                try fields.field("highWatermark", &highWatermark)
                try fields.field("currentVoters", &currentVoters)
                try fields.field("observers", &observers)
            }
        }
    }

    public struct Node: WireStruct {
        public var nodeId: Int32 = 0
        public var listeners: [Listener] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("nodeId", &nodeId)
            try fields.field("listeners", &listeners)
        }

        public struct Listener: WireStruct {
            public var name = ByteString()
            public var host = ByteString()
            public var port: UInt16 = 0
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("name", &name)
                try fields.field("host", &host)
                try fields.field("port", &port)
            }
        }
    }

    public struct ReplicaState: WireStruct {
        public var replicaId: Int32 = 0
        public var replicaDirectoryId: KafkaUUID = .zero
        public var logEndOffset: Int64 = 0
        public var lastFetchTimestamp: Int64 = -1
        public var lastCaughtUpTimestamp: Int64 = -1
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("replicaId", &replicaId)
            try fields.field("replicaDirectoryId", &replicaDirectoryId, .since(2))
            try fields.field("logEndOffset", &logEndOffset)
            try fields.field("lastFetchTimestamp", &lastFetchTimestamp, .since(1).ignorable, initial: -1)
            try fields.field("lastCaughtUpTimestamp", &lastCaughtUpTimestamp, .since(1).ignorable, initial: -1)
        }
    }
}
