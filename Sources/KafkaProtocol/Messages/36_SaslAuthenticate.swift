public import Bytes

/// Carries one message of a SASL exchange (KIP-152).
public struct SaslAuthenticateRequest: KafkaRequest {
    public typealias Response = SaslAuthenticateResponse
    public static let api = APIKey.saslAuthenticate
    public static let versions: ClosedRange<Int16> = 0...2
    public static let flexibleSince: Int16? = 2

    public var authBytes = Blob()
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("authBytes", &authBytes)
    }
}

/// The answer to ``SaslAuthenticateRequest``.
public struct SaslAuthenticateResponse: WireStruct {
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var authBytes = Blob()
    public var sessionLifetimeMs: Int64 = 0
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("authBytes", &authBytes)
        try fields.field("sessionLifetimeMs", &sessionLifetimeMs, .since(1).ignorable)
    }
}
