public import Bytes

/// Reads record batches from partitions.
public struct FetchRequest: KafkaRequest {
    public typealias Response = FetchResponse
    public static let api = APIKey.fetch
    public static let versions: ClosedRange<Int16> = 4...18
    public static let flexibleSince: Int16? = 12

    public var clusterId: ByteString?
    public var replicaId: Int32 = -1
    public var replicaState = ReplicaState()
    public var maxWaitMs: Int32 = 0
    public var minBytes: Int32 = 0
    public var maxBytes: Int32 = .max
    public var isolationLevel: Int8 = 0
    public var sessionId: Int32 = 0
    public var sessionEpoch: Int32 = -1
    public var topics: [FetchTopic] = []
    public var forgottenTopicsData: [ForgottenTopic] = []
    public var rackId = ByteString()
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("replicaId", &replicaId, .versions(0...14), initial: -1)
        try fields.field("maxWaitMs", &maxWaitMs)
        try fields.field("minBytes", &minBytes)
        try fields.field("maxBytes", &maxBytes, .always.ignorable, initial: .max)
        try fields.field("isolationLevel", &isolationLevel, .always.ignorable)
        try fields.field("sessionId", &sessionId, .since(7).ignorable)
        try fields.field("sessionEpoch", &sessionEpoch, .since(7).ignorable, initial: -1)
        try fields.field("topics", &topics)
        try fields.field("forgottenTopicsData", &forgottenTopicsData, .since(7))
        try fields.field("rackId", &rackId, .since(11).ignorable)
        try fields.tagged(0, "clusterId", &clusterId, .since(12).nullableAlways.ignorable)
        try fields.tagged(1, "replicaState", &replicaState, .since(15))
    }

    public struct ReplicaState: WireStruct {
        public var replicaId: Int32 = -1
        public var replicaEpoch: Int64 = -1
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("replicaId", &replicaId, .always, initial: -1)
            try fields.field("replicaEpoch", &replicaEpoch, .always, initial: -1)
        }
    }

    public struct FetchTopic: WireStruct {
        public var topic = ByteString()
        public var topicId: KafkaUUID = .zero
        public var partitions: [FetchPartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topic", &topic, .versions(0...12).ignorable)
            try fields.field("topicId", &topicId, .since(13).ignorable)
            try fields.field("partitions", &partitions)
        }

        public struct FetchPartition: WireStruct {
            public var partition: Int32 = 0
            public var currentLeaderEpoch: Int32 = -1
            public var fetchOffset: Int64 = 0
            public var lastFetchedEpoch: Int32 = -1
            public var logStartOffset: Int64 = -1
            public var partitionMaxBytes: Int32 = 0
            public var replicaDirectoryId: KafkaUUID = .zero
            public var highWatermark: Int64 = .max
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partition", &partition)
                try fields.field("currentLeaderEpoch", &currentLeaderEpoch, .since(9).ignorable, initial: -1)
                try fields.field("fetchOffset", &fetchOffset)
                try fields.field("lastFetchedEpoch", &lastFetchedEpoch, .since(12), initial: -1)
                try fields.field("logStartOffset", &logStartOffset, .since(5).ignorable, initial: -1)
                try fields.field("partitionMaxBytes", &partitionMaxBytes)
                try fields.tagged(0, "replicaDirectoryId", &replicaDirectoryId, .since(17).ignorable)
                try fields.tagged(1, "highWatermark", &highWatermark, .since(18).ignorable, initial: .max)
            }
        }
    }

    public struct ForgottenTopic: WireStruct {
        public var topic = ByteString()
        public var topicId: KafkaUUID = .zero
        public var partitions: [Int32] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topic", &topic, .versions(7...12).ignorable)
            try fields.field("topicId", &topicId, .since(13).ignorable)
            try fields.field("partitions", &partitions)
        }
    }
}

/// The answer to ``FetchRequest``.
public struct FetchResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var sessionId: Int32 = 0
    public var responses: [FetchableTopicResponse] = []
    public var nodeEndpoints: [NodeEndpoint] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .always.ignorable)
        try fields.field("errorCode", &errorCode, .since(7).ignorable)
        try fields.field("sessionId", &sessionId, .since(7))
        try fields.field("responses", &responses)
        try fields.tagged(0, "nodeEndpoints", &nodeEndpoints, .since(16))
    }

    public struct FetchableTopicResponse: WireStruct {
        public var topic = ByteString()
        public var topicId: KafkaUUID = .zero
        public var partitions: [PartitionData] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topic", &topic, .versions(0...12).ignorable)
            try fields.field("topicId", &topicId, .since(13).ignorable)
            try fields.field("partitions", &partitions)
        }

        public struct PartitionData: WireStruct {
            public var partitionIndex: Int32 = 0
            public var errorCode: ErrorCode = .none
            public var highWatermark: Int64 = 0
            public var lastStableOffset: Int64 = -1
            public var logStartOffset: Int64 = -1
            public var divergingEpoch = EpochEndOffset()
            public var currentLeader = LeaderIdAndEpoch()
            public var snapshotId = SnapshotId()
            public var abortedTransactions: [AbortedTransaction]?
            public var preferredReadReplica: Int32 = -1
            public var records: Blob?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("errorCode", &errorCode)
                try fields.field("highWatermark", &highWatermark)
                try fields.field("lastStableOffset", &lastStableOffset, .always.ignorable, initial: -1)
                try fields.field("logStartOffset", &logStartOffset, .since(5).ignorable, initial: -1)
                try fields.field("abortedTransactions", &abortedTransactions, .always.nullableAlways.ignorable)
                try fields.field("preferredReadReplica", &preferredReadReplica, .since(11), initial: -1)
                try fields.field("records", &records, .always.nullableAlways)
                try fields.tagged(0, "divergingEpoch", &divergingEpoch, .since(12))
                try fields.tagged(1, "currentLeader", &currentLeader, .since(12))
                try fields.tagged(2, "snapshotId", &snapshotId, .since(12))
            }

            public struct EpochEndOffset: WireStruct {
                public var epoch: Int32 = -1
                public var endOffset: Int64 = -1
                public var unknownTags = UnknownTags()

                public init() {}

                public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                    try fields.field("epoch", &epoch, .always, initial: -1)
                    try fields.field("endOffset", &endOffset, .always, initial: -1)
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

            public struct SnapshotId: WireStruct {
                public var endOffset: Int64 = -1
                public var epoch: Int32 = -1
                public var unknownTags = UnknownTags()

                public init() {}

                public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                    try fields.field("endOffset", &endOffset, .always, initial: -1)
                    try fields.field("epoch", &epoch, .always, initial: -1)
                }
            }

            public struct AbortedTransaction: WireStruct {
                public var producerId: Int64 = 0
                public var firstOffset: Int64 = 0
                public var unknownTags = UnknownTags()

                public init() {}

                public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                    try fields.field("producerId", &producerId)
                    try fields.field("firstOffset", &firstOffset)
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
