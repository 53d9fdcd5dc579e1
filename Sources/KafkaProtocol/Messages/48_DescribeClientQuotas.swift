public import Bytes

/// Lists client quotas.
public struct DescribeClientQuotasRequest: KafkaRequest {
    public typealias Response = DescribeClientQuotasResponse
    public static let api = APIKey.describeClientQuotas
    public static let versions: ClosedRange<Int16> = 0...1
    public static let flexibleSince: Int16? = 1

    public var components: [ComponentData] = []
    public var strict = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("components", &components)
        try fields.field("strict", &strict)
    }

    public struct ComponentData: WireStruct {
        public var entityType = ByteString()
        public var matchType: Int8 = 0
        public var match: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("entityType", &entityType)
            try fields.field("matchType", &matchType)
            try fields.field("match", &match, .always.nullableAlways)
        }
    }
}

/// The answer to ``DescribeClientQuotasRequest``.
public struct DescribeClientQuotasResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var entries: [EntryData]?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("entries", &entries, .always.nullableAlways)
    }

    public struct EntryData: WireStruct {
        public var entity: [EntityData] = []
        public var values: [ValueData] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("entity", &entity)
            try fields.field("values", &values)
        }

        public struct EntityData: WireStruct {
            public var entityType = ByteString()
            public var entityName: ByteString?
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("entityType", &entityType)
                try fields.field("entityName", &entityName, .always.nullableAlways)
            }
        }

        public struct ValueData: WireStruct {
            public var key = ByteString()
            public var value: Double = 0
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("key", &key)
                try fields.field("value", &value)
            }
        }
    }
}
