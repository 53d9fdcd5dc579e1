public import Bytes

/// Changes feature levels.
public struct UpdateFeaturesRequest: KafkaRequest {
    public typealias Response = UpdateFeaturesResponse
    public static let api = APIKey.updateFeatures
    public static let versions: ClosedRange<Int16> = 0...2
    public static let flexibleSince: Int16? = 0

    public var timeoutMs: Int32 = 60_000
    public var featureUpdates: [FeatureUpdateKey] = []
    public var validateOnly = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("timeoutMs", &timeoutMs, .always, initial: 60_000)
        try fields.field("featureUpdates", &featureUpdates)
        try fields.field("validateOnly", &validateOnly, .since(1))
    }

    public struct FeatureUpdateKey: WireStruct {
        public var feature = ByteString()
        public var maxVersionLevel: Int16 = 0
        public var allowDowngrade = false
        public var upgradeType: Int8 = 1
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("feature", &feature)
            try fields.field("maxVersionLevel", &maxVersionLevel)
            try fields.field("allowDowngrade", &allowDowngrade, .versions(0...0))
            try fields.field("upgradeType", &upgradeType, .since(1), initial: 1)
        }
    }
}

/// The answer to ``UpdateFeaturesRequest``.
public struct UpdateFeaturesResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var results: [UpdatableFeatureResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("results", &results, .versions(0...1).ignorable)
    }

    public struct UpdatableFeatureResult: WireStruct {
        public var feature = ByteString()
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("feature", &feature)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        }
    }
}
