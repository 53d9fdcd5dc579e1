public import Bytes

/// Sets or deletes SCRAM credentials.
public struct AlterUserScramCredentialsRequest: KafkaRequest {
    public typealias Response = AlterUserScramCredentialsResponse
    public static let api = APIKey.alterUserScramCredentials
    public static let versions: ClosedRange<Int16> = 0...0
    public static let flexibleSince: Int16? = 0

    public var deletions: [ScramCredentialDeletion] = []
    public var upsertions: [ScramCredentialUpsertion] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("deletions", &deletions)
        try fields.field("upsertions", &upsertions)
    }

    public struct ScramCredentialDeletion: WireStruct {
        public var name = ByteString()
        public var mechanism: Int8 = 0
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("mechanism", &mechanism)
        }
    }

    public struct ScramCredentialUpsertion: WireStruct {
        public var name = ByteString()
        public var mechanism: Int8 = 0
        public var iterations: Int32 = 0
        public var salt = Blob()
        public var saltedPassword = Blob()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("name", &name)
            try fields.field("mechanism", &mechanism)
            try fields.field("iterations", &iterations)
            try fields.field("salt", &salt)
            try fields.field("saltedPassword", &saltedPassword)
        }
    }
}

/// The answer to ``AlterUserScramCredentialsRequest``.
public struct AlterUserScramCredentialsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var results: [AlterUserScramCredentialsResult] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("results", &results)
    }

    public struct AlterUserScramCredentialsResult: WireStruct {
        public var user = ByteString()
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("user", &user)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        }
    }
}
