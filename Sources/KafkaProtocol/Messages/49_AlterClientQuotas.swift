public import Bytes

/// Changes client quotas.
public struct AlterClientQuotasRequest: KafkaRequest {
    public typealias Response = AlterClientQuotasResponse
    public static let api = APIKey.alterClientQuotas
    public static let versions: ClosedRange<Int16> = 0...1
    public static let flexibleSince: Int16? = 1

    public var entries: [EntryData] = []
    public var validateOnly = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("entries", &entries)
        try fields.field("validateOnly", &validateOnly)
    }

    public struct EntryData: WireStruct {
        public var entity: [EntityData] = []
        public var ops: [OpData] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("entity", &entity)
            try fields.field("ops", &ops)
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

        public struct OpData: WireStruct {
            public var key = ByteString()
            public var value: Double = 0
            public var remove = false
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("key", &key)
                try fields.field("value", &value)
                try fields.field("remove", &remove)
            }
        }
    }
}

/// The answer to ``AlterClientQuotasRequest``.
public struct AlterClientQuotasResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var entries: [EntryData] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("entries", &entries)
    }

    public struct EntryData: WireStruct {
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var entity: [EntityData] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
            try fields.field("entity", &entity)
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
    }
}
