public import Bytes

/// Replaces all configs of a resource: dangerous, since what is not named is reset. Never sent by the client's own pipelines.
public struct AlterConfigsRequest: KafkaRequest {
    public typealias Response = AlterConfigsResponse
    public static let api = APIKey.alterConfigs
    public static let versions: ClosedRange<Int16> = 0...2
    public static let flexibleSince: Int16? = 2

    public var resources: [AlterConfigsResource] = []
    public var validateOnly = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("resources", &resources)
        try fields.field("validateOnly", &validateOnly)
    }

    public struct AlterConfigsResource: WireStruct {
        public var resourceType: Int8 = 0
        public var resourceName = ByteString()
        public var configs: [AlterableConfig] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("resourceType", &resourceType)
            try fields.field("resourceName", &resourceName)
            try fields.field("configs", &configs)
        }

        public struct AlterableConfig: WireStruct {
            public var name = ByteString()
            public var value: ByteString?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("name", &name)
                try fields.field("value", &value, .always.nullableAlways)
            }
        }
    }
}

/// The answer to ``AlterConfigsRequest``.
public struct AlterConfigsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var responses: [AlterConfigsResourceResponse] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("responses", &responses)
    }

    public struct AlterConfigsResourceResponse: WireStruct {
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var resourceType: Int8 = 0
        public var resourceName = ByteString()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
            try fields.field("resourceType", &resourceType)
            try fields.field("resourceName", &resourceName)
        }
    }
}
