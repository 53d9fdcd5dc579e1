public import Bytes

/// Creates access rules.
public struct CreateAclsRequest: KafkaRequest {
    public typealias Response = CreateAclsResponse
    public static let api = APIKey.createAcls
    public static let versions: ClosedRange<Int16> = 1...3
    public static let flexibleSince: Int16? = 2

    public var creations: [AclCreation] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("creations", &creations)
    }

    public struct AclCreation: WireStruct {
        public var resourceType: Int8 = 0
        public var resourceName = ByteString()
        public var resourcePatternType: Int8 = 3
        public var principal = ByteString()
        public var host = ByteString()
        public var operation: Int8 = 0
        public var permissionType: Int8 = 0
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("resourceType", &resourceType)
            try fields.field("resourceName", &resourceName)
            try fields.field("resourcePatternType", &resourcePatternType, .always, initial: 3)
            try fields.field("principal", &principal)
            try fields.field("host", &host)
            try fields.field("operation", &operation)
            try fields.field("permissionType", &permissionType)
        }
    }
}

/// The answer to ``CreateAclsRequest``.
public struct CreateAclsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var results: [AclCreationResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("results", &results)
    }

    public struct AclCreationResult: WireStruct {
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        }
    }
}
