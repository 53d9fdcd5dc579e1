public import Bytes

/// Deletes groups.
public struct DeleteGroupsRequest: KafkaRequest {
    public typealias Response = DeleteGroupsResponse
    public static let api = APIKey.deleteGroups
    public static let versions: ClosedRange<Int16> = 0...2
    public static let flexibleSince: Int16? = 2

    public var groupsNames: [ByteString] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("groupsNames", &groupsNames)
    }
}

/// The answer to ``DeleteGroupsRequest``.
public struct DeleteGroupsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var results: [DeletableGroupResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("results", &results)
    }

    public struct DeletableGroupResult: WireStruct {
        public var groupId = ByteString()
        public var errorCode: ErrorCode = .none
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("groupId", &groupId)
            try fields.field("errorCode", &errorCode)
        }
    }
}
