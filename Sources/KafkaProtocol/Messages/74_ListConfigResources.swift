public import Bytes

/// Lists resources that have dynamic configs of their own.
public struct ListConfigResourcesRequest: KafkaRequest {
    public typealias Response = ListConfigResourcesResponse
    public static let api = APIKey.listConfigResources
    public static let versions: ClosedRange<Int16> = 0...1
    public static let flexibleSince: Int16? = 0

    public var resourceTypes: [Int8] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("resourceTypes", &resourceTypes, .since(1))
    }
}

/// The answer to ``ListConfigResourcesRequest``.
public struct ListConfigResourcesResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var configResources: [ConfigResource] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("configResources", &configResources)
    }

    public struct ConfigResource: WireStruct {
        public var resourceName = ByteString()
        public var resourceType: Int8 = 16
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("resourceName", &resourceName)
            try fields.field("resourceType", &resourceType, .since(1).ignorable, initial: 16)
        }
    }
}
