public import Bytes

/// Deletes committed positions of a group.
public struct OffsetDeleteRequest: KafkaRequest {
    public typealias Response = OffsetDeleteResponse
    public static let api = APIKey.offsetDelete
    public static let versions: ClosedRange<Int16> = 0...0
    public static let flexibleSince: Int16? = nil

    public var groupId = ByteString()
    public var topics: [OffsetDeleteRequestTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupId", &groupId)
        try fields.field("topics", &topics)
    }

    public struct OffsetDeleteRequestTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [OffsetDeleteRequestPartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct OffsetDeleteRequestPartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
            }
        }
    }
}

/// The answer to ``OffsetDeleteRequest``.
public struct OffsetDeleteResponse: WireStruct {
    public var errorCode: ErrorCode = .none
    public var throttleTimeMs: Int32 = 0
    public var topics: [OffsetDeleteResponseTopic] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("errorCode", &errorCode)
        try fields.field("throttleTimeMs", &throttleTimeMs, .always.ignorable)
        try fields.field("topics", &topics)
    }

    public struct OffsetDeleteResponseTopic: WireStruct {
        public var name = ByteString()
        public var partitions: [OffsetDeleteResponsePartition] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("partitions", &partitions)
        }

        public struct OffsetDeleteResponsePartition: WireStruct {
            public var partitionIndex: Int32 = 0
            public var errorCode: ErrorCode = .none
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("partitionIndex", &partitionIndex)
                try fields.field("errorCode", &errorCode)
            }
        }
    }
}
