public import Bytes

/// Finds the coordinator of groups or transactions. On a fresh cluster it creates the internal topic: not for observing.
public struct FindCoordinatorRequest: KafkaRequest {
    public typealias Response = FindCoordinatorResponse
    public static let api = APIKey.findCoordinator
    public static let versions: ClosedRange<Int16> = 0...6
    public static let flexibleSince: Int16? = 3

    public var key = ByteString()
    public var keyType: Int8 = 0
    public var coordinatorKeys: [ByteString] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("key", &key, .versions(0...3))
        try fields.field("keyType", &keyType, .since(1))
        try fields.field("coordinatorKeys", &coordinatorKeys, .since(4))
    }
}

/// The answer to ``FindCoordinatorRequest``.
public struct FindCoordinatorResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var nodeId: Int32 = 0
    public var host = ByteString()
    public var port: Int32 = 0
    public var coordinators: [Coordinator] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs, .since(1).ignorable)
        try fields.field("errorCode", &errorCode, .versions(0...3))
        try fields.field("errorMessage", &errorMessage, .versions(1...3).nullableAlways.ignorable)
        try fields.field("nodeId", &nodeId, .versions(0...3))
        try fields.field("host", &host, .versions(0...3))
        try fields.field("port", &port, .versions(0...3))
        try fields.field("coordinators", &coordinators, .since(4))
    }

    public struct Coordinator: WireStruct {
        public var key = ByteString()
        public var nodeId: Int32 = 0
        public var host = ByteString()
        public var port: Int32 = 0
        public var errorCode: ErrorCode = .none
        public var errorMessage: ByteString?
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("key", &key)
            try fields.field("nodeId", &nodeId)
            try fields.field("host", &host)
            try fields.field("port", &port)
            try fields.field("errorCode", &errorCode)
            try fields.field("errorMessage", &errorMessage, .always.nullableAlways.ignorable)
        }
    }
}
