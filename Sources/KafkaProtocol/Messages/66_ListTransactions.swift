public import Bytes

/// Lists transactions that the asked broker coordinates.
public struct ListTransactionsRequest: KafkaRequest {
    public typealias Response = ListTransactionsResponse
    public static let api = APIKey.listTransactions
    public static let versions: ClosedRange<Int16> = 0...2
    public static let flexibleSince: Int16? = 0

    public var stateFilters: [ByteString] = []
    public var producerIdFilters: [Int64] = []
    public var durationFilter: Int64 = -1
    public var transactionalIdPattern: ByteString?
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("stateFilters", &stateFilters)
        try fields.field("producerIdFilters", &producerIdFilters)
        try fields.field("durationFilter", &durationFilter, .since(1), initial: -1)
        try fields.field("transactionalIdPattern", &transactionalIdPattern, .since(2).nullableAlways)
    }
}

/// The answer to ``ListTransactionsRequest``.
public struct ListTransactionsResponse: WireStruct {
    public var throttleTimeMs: Int32 = 0
    public var errorCode: ErrorCode = .none
    public var unknownStateFilters: [ByteString] = []
    public var transactionStates: [TransactionState] = []
    public var unknownTags = UnknownTags()

    public init() {}

    public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
        try fields.field("throttleTimeMs", &throttleTimeMs)
        try fields.field("errorCode", &errorCode)
        try fields.field("unknownStateFilters", &unknownStateFilters)
        try fields.field("transactionStates", &transactionStates)
    }

    public struct TransactionState: WireStruct {
        public var transactionalId = ByteString()
        public var producerId: Int64 = 0
        public var transactionState = ByteString()
        public var unknownTags = UnknownTags()

        public init() {}

        public mutating func visit<Visitor: FieldVisitor>(_ fields: inout Visitor) throws(WireError) {
            try fields.field("transactionalId", &transactionalId)
            try fields.field("producerId", &producerId)
            try fields.field("transactionState", &transactionState)
        }
    }
}
