public import Bytes

/// Describes the cluster: its id, controller and brokers.
public struct DescribeClusterRequest: KafkaRequest {
    public typealias Response = DescribeClusterResponse
    public static let api = APIKey.describeCluster
    public static let versions: ClosedRange<Int16> = 0...2
    public static let flexibleSince: Int16? = 0

    public var includeClusterAuthorizedOperations = false
    public var endpointType: Int8 = 1
    public var includeFencedBrokers = false
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("includeClusterAuthorizedOperations", &includeClusterAuthorizedOperations)
        try fields.field("endpointType", &endpointType, .since(1), initial: 1)
        try fields.field("includeFencedBrokers", &includeFencedBrokers, .since(2))
    }
}

/// The answer to ``DescribeClusterRequest``.
public struct DescribeClusterResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var errorMessage: ByteString?
    public var endpointType: Int8 = 1
    public var clusterId = ByteString()
    public var controllerId: Int32 = -1
    public var brokers: [DescribeClusterBroker] = []
    public var clusterAuthorizedOperations: Int32 = -2_147_483_648
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("errorMessage", &errorMessage, .always.nullableAlways)
        try fields.field("endpointType", &endpointType, .since(1), initial: 1)
        try fields.field("clusterId", &clusterId)
        try fields.field("controllerId", &controllerId, .always, initial: -1)
        try fields.field("brokers", &brokers)
        try fields.field("clusterAuthorizedOperations", &clusterAuthorizedOperations, .always, initial: -2_147_483_648)
    }

    public struct DescribeClusterBroker: WireStruct {
        public var brokerId: Int32 = 0
        public var host = ByteString()
        public var port: Int32 = 0
        public var rack: ByteString?
        public var isFenced = false
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("brokerId", &brokerId)
            try fields.field("host", &host)
            try fields.field("port", &port)
            try fields.field("rack", &rack, .always.nullableAlways)
            try fields.field("isFenced", &isFenced, .since(2))
        }
    }
}
