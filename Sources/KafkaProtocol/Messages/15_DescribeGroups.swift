public import Bytes

/// Describes classic groups and their members.
public struct DescribeGroupsRequest: KafkaRequest {
    public typealias Response = DescribeGroupsResponse
    public static let api = APIKey.describeGroups
    public static let versions: ClosedRange<Int16> = 0...6
    public static let flexibleSince: Int16? = 5

    public var groups: [ByteString] = []
    public var includeAuthorizedOperations = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groups", &groups)
        try fields.field("includeAuthorizedOperations", &includeAuthorizedOperations, .since(3))
    }
}

/// The answer to ``DescribeGroupsRequest``.
public struct DescribeGroupsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var groups: [DescribedGroup] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(1).ignorable)
        try fields.field("groups", &groups)
    }

    public struct DescribedGroup: WireStruct {
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var groupId = ByteString()
        public var groupState = ByteString()
        public var protocolType = ByteString()
        public var protocolData = ByteString()
        public var members: [DescribedGroupMember] = []
        public var authorizedOperations: Int32 = -2_147_483_648
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .since(6).nullableAlways)
            try fields.field("groupId", &groupId)
            try fields.field("groupState", &groupState)
            try fields.field("protocolType", &protocolType)
            try fields.field("protocolData", &protocolData)
            try fields.field("members", &members)
            try fields.field("authorizedOperations", &authorizedOperations, .since(3), initial: -2_147_483_648)
        }

        public struct DescribedGroupMember: WireStruct {
            public var memberId = ByteString()
            public var groupInstanceId: ByteString?
            public var clientId = ByteString()
            public var clientHost = ByteString()
            public var memberMetadata = Blob()
            public var memberAssignment = Blob()
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("memberId", &memberId)
                try fields.field("groupInstanceId", &groupInstanceId, .since(4).nullableAlways.ignorable)
                try fields.field("clientId", &clientId)
                try fields.field("clientHost", &clientHost)
                try fields.field("memberMetadata", &memberMetadata)
                try fields.field("memberAssignment", &memberAssignment)
            }
        }
    }
}
