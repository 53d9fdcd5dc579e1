public import Bytes

/// Lists SCRAM users, mechanisms and iterations; never secrets.
public struct DescribeUserScramCredentialsRequest: KafkaRequest {
    public typealias Response = DescribeUserScramCredentialsResponse
    public static let api = APIKey.describeUserScramCredentials
    public static let versions: ClosedRange<Int16> = 0...0
    public static let flexibleSince: Int16? = 0

    public var users: [UserName]?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("users", &users, .always.nullableAlways)
    }

    public struct UserName: WireStruct {
        public var name = ByteString()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
        }
    }
}

/// The answer to ``DescribeUserScramCredentialsRequest``.
public struct DescribeUserScramCredentialsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var results: [DescribeUserScramCredentialsResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("results", &results)
    }

    public struct DescribeUserScramCredentialsResult: WireStruct {
        public var user = ByteString()
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var credentialInfos: [CredentialInfo] = []
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("user", &user)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
            try fields.field("credentialInfos", &credentialInfos)
        }

        public struct CredentialInfo: WireStruct {
            public var mechanism: Int8 = 0
            public var iterations: Int32 = 0
            public var unknownTags = UnknownTags()

            public init() {}

            public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
                try fields.field("mechanism", &mechanism)
                try fields.field("iterations", &iterations)
            }
        }
    }
}
