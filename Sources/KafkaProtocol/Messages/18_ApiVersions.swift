public import Bytes

/// Says which calls and versions a broker speaks (KIP-35), and its features.
public struct ApiVersionsRequest: KafkaRequest {
    public typealias Response = ApiVersionsResponse
    public static let api = APIKey.apiVersions
    public static let versions: ClosedRange<Int16> = 0...4
    public static let flexibleSince: Int16? = 3

    public var clientSoftwareName = ByteString()
    public var clientSoftwareVersion = ByteString()
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("clientSoftwareName", &clientSoftwareName, .since(3).ignorable)
        try fields.field("clientSoftwareVersion", &clientSoftwareVersion, .since(3).ignorable)
    }
}

/// The answer to ``ApiVersionsRequest``.
public struct ApiVersionsResponse: WireStruct {
    public var errorCode: ErrorCode = .none
    public var apiKeys: [ApiVersion] = []
    public var throttleTimeMs: Int32 = 0
    public var supportedFeatures: [SupportedFeatureKey] = []
    public var finalizedFeaturesEpoch: Int64 = -1
    public var finalizedFeatures: [FinalizedFeatureKey] = []
    public var zkMigrationReady = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("errorCode", &errorCode)
        try fields.field("apiKeys", &apiKeys)
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(1).ignorable)
        try fields.tagged(0, "supportedFeatures", &supportedFeatures, .since(3).ignorable)
        try fields.tagged(1, "finalizedFeaturesEpoch", &finalizedFeaturesEpoch, .since(3).ignorable, initial: -1)
        try fields.tagged(2, "finalizedFeatures", &finalizedFeatures, .since(3).ignorable)
        try fields.tagged(3, "zkMigrationReady", &zkMigrationReady, .since(3).ignorable)
    }

    public struct ApiVersion: WireStruct {
        public var apiKey: Int16 = 0
        public var minVersion: Int16 = 0
        public var maxVersion: Int16 = 0
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("apiKey", &apiKey)
            try fields.field("minVersion", &minVersion)
            try fields.field("maxVersion", &maxVersion)
        }
    }

    public struct SupportedFeatureKey: WireStruct {
        public var name = ByteString()
        public var minVersion: Int16 = 0
        public var maxVersion: Int16 = 0
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("minVersion", &minVersion)
            try fields.field("maxVersion", &maxVersion)
        }
    }

    public struct FinalizedFeatureKey: WireStruct {
        public var name = ByteString()
        public var maxVersionLevel: Int16 = 0
        public var minVersionLevel: Int16 = 0
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("maxVersionLevel", &maxVersionLevel)
            try fields.field("minVersionLevel", &minVersionLevel)
        }
    }
}
