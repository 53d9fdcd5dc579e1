public import Bytes

/// Lists access rules that match a filter.
public struct DescribeAclsRequest: KafkaRequest {
    public typealias Response = DescribeAclsResponse
    public static let api = APIKey.describeAcls
    public static let versions: ClosedRange<Int16> = 1...3
    public static let flexibleSince: Int16? = 2

    public var resourceTypeFilter: Int8 = 0
    public var resourceNameFilter: ByteString?
    public var patternTypeFilter: Int8 = 3
    public var principalFilter: ByteString?
    public var hostFilter: ByteString?
    public var operation: Int8 = 0
    public var permissionType: Int8 = 0
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("resourceTypeFilter", &resourceTypeFilter)
        try fields.field("resourceNameFilter", &resourceNameFilter, .always.nullableAlways)
        try fields.field("patternTypeFilter", &patternTypeFilter, .always, initial: 3)
        try fields.field("principalFilter", &principalFilter, .always.nullableAlways)
        try fields.field("hostFilter", &hostFilter, .always.nullableAlways)
        try fields.field("operation", &operation)
        try fields.field("permissionType", &permissionType)
    }
}

/// The answer to ``DescribeAclsRequest``.
public struct DescribeAclsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var resources: [DescribeAclsResource] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("resources", &resources)
    }

    public struct DescribeAclsResource: WireStruct {
        public var resourceType: Int8 = 0
        public var resourceName = ByteString()
        public var patternType: Int8 = 3
        public var acls: [AclDescription] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("resourceType", &resourceType)
            try fields.field("resourceName", &resourceName)
            try fields.field("patternType", &patternType, .always, initial: 3)
            try fields.field("acls", &acls)
        }

        public struct AclDescription: WireStruct {
            public var principal = ByteString()
            public var host = ByteString()
            public var operation: Int8 = 0
            public var permissionType: Int8 = 0
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("principal", &principal)
                try fields.field("host", &host)
                try fields.field("operation", &operation)
                try fields.field("permissionType", &permissionType)
            }
        }
    }
}
