public import Bytes

/// Lists delegation tokens.
public struct DescribeDelegationTokenRequest: KafkaRequest {
    public typealias Response = DescribeDelegationTokenResponse
    public static let api = APIKey.describeDelegationToken
    public static let versions: ClosedRange<Int16> = 1...3
    public static let flexibleSince: Int16? = 2

    public var owners: [DescribeDelegationTokenOwner]?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("owners", &owners, .always.nullableAlways)
    }

    public struct DescribeDelegationTokenOwner: WireStruct {
        public var principalType = ByteString()
        public var principalName = ByteString()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("principalType", &principalType)
            try fields.field("principalName", &principalName)
        }
    }
}

/// The answer to ``DescribeDelegationTokenRequest``.
public struct DescribeDelegationTokenResponse: WireStruct {
    public var errorCode: ErrorCode = .none
    public var tokens: [DescribedDelegationToken] = []
    public var throttleTimeMs: Int32 = 0
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("errorCode", &errorCode)
        try fields.field("tokens", &tokens)
        try fields.field("throttleTimeMs", &throttleTimeMs)
    }

    public struct DescribedDelegationToken: WireStruct {
        public var principalType = ByteString()
        public var principalName = ByteString()
        public var tokenRequesterPrincipalType = ByteString()
        public var tokenRequesterPrincipalName = ByteString()
        public var issueTimestamp: Int64 = 0
        public var expiryTimestamp: Int64 = 0
        public var maxTimestamp: Int64 = 0
        public var tokenId = ByteString()
        public var hmac = Blob()
        public var renewers: [DescribedDelegationTokenRenewer] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("principalType", &principalType)
            try fields.field("principalName", &principalName)
            try fields.field("tokenRequesterPrincipalType", &tokenRequesterPrincipalType, .since(3))
            try fields.field("tokenRequesterPrincipalName", &tokenRequesterPrincipalName, .since(3))
            try fields.field("issueTimestamp", &issueTimestamp)
            try fields.field("expiryTimestamp", &expiryTimestamp)
            try fields.field("maxTimestamp", &maxTimestamp)
            try fields.field("tokenId", &tokenId)
            try fields.field("hmac", &hmac)
            try fields.field("renewers", &renewers)
        }

        public struct DescribedDelegationTokenRenewer: WireStruct {
            public var principalType = ByteString()
            public var principalName = ByteString()
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("principalType", &principalType)
                try fields.field("principalName", &principalName)
            }
        }
    }
}
