public import Bytes

/// Reads configs with their sources and synonyms.
public struct DescribeConfigsRequest: KafkaRequest {
    public typealias Response = DescribeConfigsResponse
    public static let api = APIKey.describeConfigs
    public static let versions: ClosedRange<Int16> = 1...4
    public static let flexibleSince: Int16? = 4

    public var resources: [DescribeConfigsResource] = []
    public var includeSynonyms = false
    public var includeDocumentation = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("resources", &resources)
        try fields.field("includeSynonyms", &includeSynonyms)
        try fields.field("includeDocumentation", &includeDocumentation, .since(3))
    }

    public struct DescribeConfigsResource: WireStruct {
        public var resourceType: Int8 = 0
        public var resourceName = ByteString()
        public var configurationKeys: [ByteString]?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("resourceType", &resourceType)
            try fields.field("resourceName", &resourceName)
            try fields.field("configurationKeys", &configurationKeys, .always.nullableAlways)
        }
    }
}

/// The answer to ``DescribeConfigsRequest``.
public struct DescribeConfigsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var results: [DescribeConfigsResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("results", &results)
    }

    public struct DescribeConfigsResult: WireStruct {
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var resourceType: Int8 = 0
        public var resourceName = ByteString()
        public var configs: [DescribeConfigsResourceResult] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
            try fields.field("resourceType", &resourceType)
            try fields.field("resourceName", &resourceName)
            try fields.field("configs", &configs)
        }

        public struct DescribeConfigsResourceResult: WireStruct {
            public var name = ByteString()
            public var value: ByteString?
            public var readOnly = false
            public var configSource: Int8 = -1
            public var isSensitive = false
            public var synonyms: [DescribeConfigsSynonym] = []
            public var configType: Int8 = 0
            public var documentation: ByteString?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("name", &name)
                try fields.field("value", &value, .always.nullableAlways)
                try fields.field("readOnly", &readOnly)
                try fields.field("configSource", &configSource, .always.ignorable, initial: -1)
                try fields.field("isSensitive", &isSensitive)
                try fields.field("synonyms", &synonyms, .always.ignorable)
                try fields.field("configType", &configType, .since(3).ignorable)
                try fields.field("documentation", &documentation, .since(3).nullableAlways.ignorable)
            }

            public struct DescribeConfigsSynonym: WireStruct {
                public var name = ByteString()
                public var value: ByteString?
                public var source: Int8 = 0
                public var unknownTags = UnknownTags()

                public init() {}

                public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                    try fields.field("name", &name)
                    try fields.field("value", &value, .always.nullableAlways)
                    try fields.field("source", &source)
                }
            }
        }
    }
}
