public import Bytes

/// Chooses a SASL mechanism.
public struct SaslHandshakeRequest: KafkaRequest {
    public typealias Response = SaslHandshakeResponse
    public static let api = APIKey.saslHandshake
    public static let versions: ClosedRange<Int16> = 0...1
    public static let flexibleSince: Int16? = nil

    public var mechanism = ByteString()
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("mechanism", &mechanism)
    }
}

/// The answer to ``SaslHandshakeRequest``.
public struct SaslHandshakeResponse: WireStruct {
    public var errorCode: ErrorCode = .none
    public var mechanisms: [ByteString] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("errorCode", &errorCode)
        try fields.field("mechanisms", &mechanisms)
    }
}
