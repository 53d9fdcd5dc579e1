public import Bytes

/// Describes groups of the newer consumer protocol.
public struct ConsumerGroupDescribeRequest: KafkaRequest {
    public typealias Response = ConsumerGroupDescribeResponse
    public static let api = APIKey.consumerGroupDescribe
    public static let versions: ClosedRange<Int16> = 0...1
    public static let flexibleSince: Int16? = 0

    public var groupIds: [ByteString] = []
    public var includeAuthorizedOperations = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupIds", &groupIds)
        try fields.field("includeAuthorizedOperations", &includeAuthorizedOperations)
    }
}

/// The answer to ``ConsumerGroupDescribeRequest``.
public struct ConsumerGroupDescribeResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var groups: [DescribedGroup] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("groups", &groups)
    }

    public struct DescribedGroup: WireStruct {
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var groupId = ByteString()
        public var groupState = ByteString()
        public var groupEpoch: Int32 = 0
        public var assignmentEpoch: Int32 = 0
        public var assignorName = ByteString()
        public var members: [Member] = []
        public var authorizedOperations: Int32 = -2_147_483_648
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
            try fields.field("groupId", &groupId)
            try fields.field("groupState", &groupState)
            try fields.field("groupEpoch", &groupEpoch)
            try fields.field("assignmentEpoch", &assignmentEpoch)
            try fields.field("assignorName", &assignorName)
            try fields.field("members", &members)
            try fields.field("authorizedOperations", &authorizedOperations, .always, initial: -2_147_483_648)
        }

        public struct Member: WireStruct {
            public var memberId = ByteString()
            public var instanceId: ByteString?
            public var rackId: ByteString?
            public var memberEpoch: Int32 = 0
            public var clientId = ByteString()
            public var clientHost = ByteString()
            public var subscribedTopicNames: [ByteString] = []
            public var subscribedTopicRegex: ByteString?
            public var assignment = Assignment()
            public var targetAssignment = Assignment()
            public var memberType: Int8 = -1
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("memberId", &memberId)
                try fields.field("instanceId", &instanceId, .always.nullableAlways)
                try fields.field("rackId", &rackId, .always.nullableAlways)
                try fields.field("memberEpoch", &memberEpoch)
                try fields.field("clientId", &clientId)
                try fields.field("clientHost", &clientHost)
                try fields.field("subscribedTopicNames", &subscribedTopicNames)
                try fields.field("subscribedTopicRegex", &subscribedTopicRegex, .always.nullableAlways)
                try fields.field("assignment", &assignment)
                try fields.field("targetAssignment", &targetAssignment)
                try fields.field("memberType", &memberType, .since(1).ignorable, initial: -1)
            }
        }
    }

    public struct TopicPartitions: WireStruct {
        public var topicId: KafkaUUID = .zero
        public var topicName = ByteString()
        public var partitions: [Int32] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicId", &topicId)
            try fields.field("topicName", &topicName)
            try fields.field("partitions", &partitions)
        }
    }

    public struct Assignment: WireStruct {
        public var topicPartitions: [TopicPartitions] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("topicPartitions", &topicPartitions)
        }
    }
}
