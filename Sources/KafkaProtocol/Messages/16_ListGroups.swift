public import Bytes

/// Lists the groups that the asked broker coordinates.
public struct ListGroupsRequest: KafkaRequest {
    public typealias Response = ListGroupsResponse
    public static let api = APIKey.listGroups
    public static let versions: ClosedRange<Int16> = 0...5
    public static let flexibleSince: Int16? = 3

    public var statesFilter: [ByteString] = []
    public var typesFilter: [ByteString] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("statesFilter", &statesFilter, .since(4))
        try fields.field("typesFilter", &typesFilter, .since(5))
    }
}

/// The answer to ``ListGroupsRequest``.
public struct ListGroupsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var groups: [ListedGroup] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(1).ignorable)
        try fields.field("errorCode", &errorCode)
        try fields.field("groups", &groups)
    }

    public struct ListedGroup: WireStruct {
        public var groupId = ByteString()
        public var protocolType = ByteString()
        public var groupState = ByteString()
        public var groupType = ByteString()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("groupId", &groupId)
            try fields.field("protocolType", &protocolType)
            try fields.field("groupState", &groupState, .since(4).ignorable)
            try fields.field("groupType", &groupType, .since(5).ignorable)
        }
    }
}
