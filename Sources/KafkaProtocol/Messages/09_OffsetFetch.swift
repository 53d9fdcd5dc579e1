public import Bytes

/// Reads a group's committed positions; from version 8 of several groups.
public struct OffsetFetchRequest: KafkaRequest {
    public typealias Response = OffsetFetchResponse
    public static let api = APIKey.offsetFetch
    public static let versions: ClosedRange<Int16> = 1...9
    public static let flexibleSince: Int16? = 6

    public var groupId = ByteString()
    public var topics: [OffsetFetchRequestTopic]?
    public var groups: [OffsetFetchRequestGroup] = []
    public var requireStable = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId, .versions(0...7))
        try fields.field("topics", &topics, .versions(0...7).nullable(in: 2...7))
        try fields.field("groups", &groups, .since(8))
        try fields.field("requireStable", &requireStable, .since(7))
    }

    public struct OffsetFetchRequestTopic: WireStruct {
        public var name = ByteString()
        public var partitionIndexes: [Int32] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitionIndexes", &partitionIndexes)
        }
    }

    public struct OffsetFetchRequestGroup: WireStruct {
        public var groupId = ByteString()
        public var memberId: ByteString?
        public var memberEpoch: Int32 = -1
        public var topics: [OffsetFetchRequestTopics]?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("groupId", &groupId)
            try fields.field("memberId", &memberId, .since(9).nullableAlways.ignorable)
            try fields.field("memberEpoch", &memberEpoch, .since(9).ignorable, initial: -1)
            try fields.field("topics", &topics, .always.nullableAlways)
        }

        public struct OffsetFetchRequestTopics: WireStruct {
            public var name = ByteString()
            public var partitionIndexes: [Int32] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("name", &name, .always.ignorable)
                try fields.field("partitionIndexes", &partitionIndexes)
            }
        }
    }
}

/// The answer to ``OffsetFetchRequest``.
public struct OffsetFetchResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var topics: [OffsetFetchResponseTopic] = []
    public var errorCode: ErrorCode = .none
    public var groups: [OffsetFetchResponseGroup] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(3).ignorable)
        try fields.field("topics", &topics, .versions(0...7))
        try fields.field("errorCode", &errorCode, .versions(2...7).ignorable)
        try fields.field("groups", &groups, .since(8))
    }

    public struct OffsetFetchResponseTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [OffsetFetchResponsePartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct OffsetFetchResponsePartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var committedOffset: Int64 = 0
            public var committedLeaderEpoch: Int32 = -1
            public var metadata: ByteString?
            public var errorCode: ErrorCode = .none
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("committedOffset", &committedOffset)
                try fields.field("committedLeaderEpoch", &committedLeaderEpoch, .since(5).ignorable, initial: -1)
                try fields.field("metadata", &metadata, .always.nullableAlways)
                try fields.field("errorCode", &errorCode)
            }
        }
    }

    public struct OffsetFetchResponseGroup: WireStruct {
        public var groupId = ByteString()
        public var topics: [OffsetFetchResponseTopics] = []
        public var errorCode: ErrorCode = .none
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("groupId", &groupId)
            try fields.field("topics", &topics)
            try fields.field("errorCode", &errorCode)
        }

        public struct OffsetFetchResponseTopics: WireStruct {
            public var name = ByteString()
            public var partitions: [OffsetFetchResponsePartitions] = []
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("name", &name, .always.ignorable)
                try fields.field("partitions", &partitions)
            }

            public struct OffsetFetchResponsePartitions: WireStruct {
                public var partitionIndex: Int32 = 0
                public var committedOffset: Int64 = 0
                public var committedLeaderEpoch: Int32 = -1
                public var metadata: ByteString?
                public var errorCode: ErrorCode = .none
                public var unknownTags = UnknownTags()

                public init() {}

                public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                    try fields.field("partitionIndex", &partitionIndex)
                    try fields.field("committedOffset", &committedOffset)
                    try fields.field("committedLeaderEpoch", &committedLeaderEpoch, .always.ignorable, initial: -1)
                    try fields.field("metadata", &metadata, .always.nullableAlways)
                    try fields.field("errorCode", &errorCode)
                }
            }
        }
    }
}
