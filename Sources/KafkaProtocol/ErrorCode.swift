/// A Kafka error code. The names and numbers are Kafka's own; one that is not listed keeps its number.
public struct ErrorCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int16
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// Whether sending the same request again can help.
    public enum Remedy: Sendable {
        /// It would fail again in the same way.
        case none
        /// The same broker may answer otherwise after a while.
        case retry
        /// Who leads, coordinates or controls has changed, or is not known yet: ask for metadata anew, then send again.
        case refreshThenRetry
    }

    public static let unknownServerError = ErrorCode(rawValue: -1)
    public static let none = ErrorCode(rawValue: 0)
    public static let offsetOutOfRange = ErrorCode(rawValue: 1)
    public static let corruptMessage = ErrorCode(rawValue: 2)
    public static let unknownTopicOrPartition = ErrorCode(rawValue: 3)
    public static let invalidFetchSize = ErrorCode(rawValue: 4)
    public static let leaderNotAvailable = ErrorCode(rawValue: 5)
    public static let notLeaderOrFollower = ErrorCode(rawValue: 6)
    public static let requestTimedOut = ErrorCode(rawValue: 7)
    public static let brokerNotAvailable = ErrorCode(rawValue: 8)
    public static let replicaNotAvailable = ErrorCode(rawValue: 9)
    public static let messageTooLarge = ErrorCode(rawValue: 10)
    public static let staleControllerEpoch = ErrorCode(rawValue: 11)
    public static let offsetMetadataTooLarge = ErrorCode(rawValue: 12)
    public static let networkException = ErrorCode(rawValue: 13)
    public static let coordinatorLoadInProgress = ErrorCode(rawValue: 14)
    public static let coordinatorNotAvailable = ErrorCode(rawValue: 15)
    public static let notCoordinator = ErrorCode(rawValue: 16)
    public static let invalidTopic = ErrorCode(rawValue: 17)
    public static let recordListTooLarge = ErrorCode(rawValue: 18)
    public static let notEnoughReplicas = ErrorCode(rawValue: 19)
    public static let notEnoughReplicasAfterAppend = ErrorCode(rawValue: 20)
    public static let invalidRequiredAcks = ErrorCode(rawValue: 21)
    public static let illegalGeneration = ErrorCode(rawValue: 22)
    public static let inconsistentGroupProtocol = ErrorCode(rawValue: 23)
    public static let invalidGroupId = ErrorCode(rawValue: 24)
    public static let unknownMemberId = ErrorCode(rawValue: 25)
    public static let invalidSessionTimeout = ErrorCode(rawValue: 26)
    public static let rebalanceInProgress = ErrorCode(rawValue: 27)
    public static let invalidCommitOffsetSize = ErrorCode(rawValue: 28)
    public static let topicAuthorizationFailed = ErrorCode(rawValue: 29)
    public static let groupAuthorizationFailed = ErrorCode(rawValue: 30)
    public static let clusterAuthorizationFailed = ErrorCode(rawValue: 31)
    public static let invalidTimestamp = ErrorCode(rawValue: 32)
    public static let unsupportedSaslMechanism = ErrorCode(rawValue: 33)
    public static let illegalSaslState = ErrorCode(rawValue: 34)
    public static let unsupportedVersion = ErrorCode(rawValue: 35)
    public static let topicAlreadyExists = ErrorCode(rawValue: 36)
    public static let invalidPartitions = ErrorCode(rawValue: 37)
    public static let invalidReplicationFactor = ErrorCode(rawValue: 38)
    public static let invalidReplicaAssignment = ErrorCode(rawValue: 39)
    public static let invalidConfig = ErrorCode(rawValue: 40)
    public static let notController = ErrorCode(rawValue: 41)
    public static let invalidRequest = ErrorCode(rawValue: 42)
    public static let unsupportedForMessageFormat = ErrorCode(rawValue: 43)
    public static let policyViolation = ErrorCode(rawValue: 44)
    public static let outOfOrderSequenceNumber = ErrorCode(rawValue: 45)
    public static let duplicateSequenceNumber = ErrorCode(rawValue: 46)
    public static let invalidProducerEpoch = ErrorCode(rawValue: 47)
    public static let invalidTxnState = ErrorCode(rawValue: 48)
    public static let invalidProducerIdMapping = ErrorCode(rawValue: 49)
    public static let invalidTransactionTimeout = ErrorCode(rawValue: 50)
    public static let concurrentTransactions = ErrorCode(rawValue: 51)
    public static let transactionCoordinatorFenced = ErrorCode(rawValue: 52)
    public static let transactionalIdAuthorizationFailed = ErrorCode(rawValue: 53)
    public static let securityDisabled = ErrorCode(rawValue: 54)
    public static let operationNotAttempted = ErrorCode(rawValue: 55)
    public static let kafkaStorageError = ErrorCode(rawValue: 56)
    public static let logDirNotFound = ErrorCode(rawValue: 57)
    public static let saslAuthenticationFailed = ErrorCode(rawValue: 58)
    public static let unknownProducerId = ErrorCode(rawValue: 59)
    public static let reassignmentInProgress = ErrorCode(rawValue: 60)
    public static let delegationTokenAuthDisabled = ErrorCode(rawValue: 61)
    public static let delegationTokenNotFound = ErrorCode(rawValue: 62)
    public static let delegationTokenOwnerMismatch = ErrorCode(rawValue: 63)
    public static let delegationTokenRequestNotAllowed = ErrorCode(rawValue: 64)
    public static let delegationTokenAuthorizationFailed = ErrorCode(rawValue: 65)
    public static let delegationTokenExpired = ErrorCode(rawValue: 66)
    public static let invalidPrincipalType = ErrorCode(rawValue: 67)
    public static let nonEmptyGroup = ErrorCode(rawValue: 68)
    public static let groupIdNotFound = ErrorCode(rawValue: 69)
    public static let fetchSessionIdNotFound = ErrorCode(rawValue: 70)
    public static let invalidFetchSessionEpoch = ErrorCode(rawValue: 71)
    public static let listenerNotFound = ErrorCode(rawValue: 72)
    public static let topicDeletionDisabled = ErrorCode(rawValue: 73)
    public static let fencedLeaderEpoch = ErrorCode(rawValue: 74)
    public static let unknownLeaderEpoch = ErrorCode(rawValue: 75)
    public static let unsupportedCompressionType = ErrorCode(rawValue: 76)
    public static let staleBrokerEpoch = ErrorCode(rawValue: 77)
    public static let offsetNotAvailable = ErrorCode(rawValue: 78)
    public static let memberIdRequired = ErrorCode(rawValue: 79)
    public static let preferredLeaderNotAvailable = ErrorCode(rawValue: 80)
    public static let groupMaxSizeReached = ErrorCode(rawValue: 81)
    public static let fencedInstanceId = ErrorCode(rawValue: 82)
    public static let eligibleLeadersNotAvailable = ErrorCode(rawValue: 83)
    public static let electionNotNeeded = ErrorCode(rawValue: 84)
    public static let noReassignmentInProgress = ErrorCode(rawValue: 85)
    public static let groupSubscribedToTopic = ErrorCode(rawValue: 86)
    public static let invalidRecord = ErrorCode(rawValue: 87)
    public static let unstableOffsetCommit = ErrorCode(rawValue: 88)
    public static let throttlingQuotaExceeded = ErrorCode(rawValue: 89)
    public static let producerFenced = ErrorCode(rawValue: 90)
    public static let resourceNotFound = ErrorCode(rawValue: 91)
    public static let duplicateResource = ErrorCode(rawValue: 92)
    public static let unacceptableCredential = ErrorCode(rawValue: 93)
    public static let inconsistentVoterSet = ErrorCode(rawValue: 94)
    public static let invalidUpdateVersion = ErrorCode(rawValue: 95)
    public static let featureUpdateFailed = ErrorCode(rawValue: 96)
    public static let principalDeserializationFailure = ErrorCode(rawValue: 97)
    public static let snapshotNotFound = ErrorCode(rawValue: 98)
    public static let positionOutOfRange = ErrorCode(rawValue: 99)
    public static let unknownTopicId = ErrorCode(rawValue: 100)
    public static let duplicateBrokerRegistration = ErrorCode(rawValue: 101)
    public static let brokerIdNotRegistered = ErrorCode(rawValue: 102)
    public static let inconsistentTopicId = ErrorCode(rawValue: 103)
    public static let inconsistentClusterId = ErrorCode(rawValue: 104)
    public static let transactionalIdNotFound = ErrorCode(rawValue: 105)
    public static let fetchSessionTopicIdError = ErrorCode(rawValue: 106)
    public static let ineligibleReplica = ErrorCode(rawValue: 107)
    public static let newLeaderElected = ErrorCode(rawValue: 108)
    public static let offsetMovedToTieredStorage = ErrorCode(rawValue: 109)
    public static let fencedMemberEpoch = ErrorCode(rawValue: 110)
    public static let unreleasedInstanceId = ErrorCode(rawValue: 111)
    public static let unsupportedAssignor = ErrorCode(rawValue: 112)
    public static let staleMemberEpoch = ErrorCode(rawValue: 113)
    public static let mismatchedEndpointType = ErrorCode(rawValue: 114)
    public static let unsupportedEndpointType = ErrorCode(rawValue: 115)
    public static let unknownControllerId = ErrorCode(rawValue: 116)
    public static let unknownSubscriptionId = ErrorCode(rawValue: 117)
    public static let telemetryTooLarge = ErrorCode(rawValue: 118)
    public static let invalidRegistration = ErrorCode(rawValue: 119)
    public static let transactionAbortable = ErrorCode(rawValue: 120)
    public static let invalidRecordState = ErrorCode(rawValue: 121)
    public static let shareSessionNotFound = ErrorCode(rawValue: 122)
    public static let invalidShareSessionEpoch = ErrorCode(rawValue: 123)
    public static let fencedStateEpoch = ErrorCode(rawValue: 124)
    public static let invalidVoterKey = ErrorCode(rawValue: 125)
    public static let duplicateVoter = ErrorCode(rawValue: 126)
    public static let voterNotFound = ErrorCode(rawValue: 127)
    public static let invalidRegularExpression = ErrorCode(rawValue: 128)
    public static let rebootstrapRequired = ErrorCode(rawValue: 129)
    public static let streamsInvalidTopology = ErrorCode(rawValue: 130)
    public static let streamsInvalidTopologyEpoch = ErrorCode(rawValue: 131)
    public static let streamsTopologyFenced = ErrorCode(rawValue: 132)
    public static let shareSessionLimitReached = ErrorCode(rawValue: 133)

    /// Kafka's name for it, such as `NOT_COORDINATOR`, or `ERROR_<number>`.
    public var name: String { Self.table[rawValue]?.name ?? "ERROR_\(rawValue)" }
    public var remedy: Remedy { Self.table[rawValue]?.remedy ?? .none }
    public var isError: Bool { rawValue != 0 }

    private static let table: [Int16: (name: String, remedy: Remedy)] = [
        -1: ("UNKNOWN_SERVER_ERROR", .none),
        0: ("NONE", .none),
        1: ("OFFSET_OUT_OF_RANGE", .none),
        2: ("CORRUPT_MESSAGE", .retry),
        3: ("UNKNOWN_TOPIC_OR_PARTITION", .refreshThenRetry),
        4: ("INVALID_FETCH_SIZE", .none),
        5: ("LEADER_NOT_AVAILABLE", .refreshThenRetry),
        6: ("NOT_LEADER_OR_FOLLOWER", .refreshThenRetry),
        7: ("REQUEST_TIMED_OUT", .retry),
        8: ("BROKER_NOT_AVAILABLE", .none),
        9: ("REPLICA_NOT_AVAILABLE", .retry),
        10: ("MESSAGE_TOO_LARGE", .none),
        11: ("STALE_CONTROLLER_EPOCH", .none),
        12: ("OFFSET_METADATA_TOO_LARGE", .none),
        13: ("NETWORK_EXCEPTION", .refreshThenRetry),
        14: ("COORDINATOR_LOAD_IN_PROGRESS", .retry),
        15: ("COORDINATOR_NOT_AVAILABLE", .refreshThenRetry),
        16: ("NOT_COORDINATOR", .refreshThenRetry),
        17: ("INVALID_TOPIC_EXCEPTION", .none),
        18: ("RECORD_LIST_TOO_LARGE", .none),
        19: ("NOT_ENOUGH_REPLICAS", .retry),
        20: ("NOT_ENOUGH_REPLICAS_AFTER_APPEND", .retry),
        21: ("INVALID_REQUIRED_ACKS", .none),
        22: ("ILLEGAL_GENERATION", .none),
        23: ("INCONSISTENT_GROUP_PROTOCOL", .none),
        24: ("INVALID_GROUP_ID", .none),
        25: ("UNKNOWN_MEMBER_ID", .none),
        26: ("INVALID_SESSION_TIMEOUT", .none),
        27: ("REBALANCE_IN_PROGRESS", .none),
        28: ("INVALID_COMMIT_OFFSET_SIZE", .none),
        29: ("TOPIC_AUTHORIZATION_FAILED", .none),
        30: ("GROUP_AUTHORIZATION_FAILED", .none),
        31: ("CLUSTER_AUTHORIZATION_FAILED", .none),
        32: ("INVALID_TIMESTAMP", .none),
        33: ("UNSUPPORTED_SASL_MECHANISM", .none),
        34: ("ILLEGAL_SASL_STATE", .none),
        35: ("UNSUPPORTED_VERSION", .none),
        36: ("TOPIC_ALREADY_EXISTS", .none),
        37: ("INVALID_PARTITIONS", .none),
        38: ("INVALID_REPLICATION_FACTOR", .none),
        39: ("INVALID_REPLICA_ASSIGNMENT", .none),
        40: ("INVALID_CONFIG", .none),
        41: ("NOT_CONTROLLER", .refreshThenRetry),
        42: ("INVALID_REQUEST", .none),
        43: ("UNSUPPORTED_FOR_MESSAGE_FORMAT", .none),
        44: ("POLICY_VIOLATION", .none),
        45: ("OUT_OF_ORDER_SEQUENCE_NUMBER", .none),
        46: ("DUPLICATE_SEQUENCE_NUMBER", .none),
        47: ("INVALID_PRODUCER_EPOCH", .none),
        48: ("INVALID_TXN_STATE", .none),
        49: ("INVALID_PRODUCER_ID_MAPPING", .none),
        50: ("INVALID_TRANSACTION_TIMEOUT", .none),
        51: ("CONCURRENT_TRANSACTIONS", .retry),
        52: ("TRANSACTION_COORDINATOR_FENCED", .none),
        53: ("TRANSACTIONAL_ID_AUTHORIZATION_FAILED", .none),
        54: ("SECURITY_DISABLED", .none),
        55: ("OPERATION_NOT_ATTEMPTED", .none),
        56: ("KAFKA_STORAGE_ERROR", .refreshThenRetry),
        57: ("LOG_DIR_NOT_FOUND", .none),
        58: ("SASL_AUTHENTICATION_FAILED", .none),
        59: ("UNKNOWN_PRODUCER_ID", .none),
        60: ("REASSIGNMENT_IN_PROGRESS", .none),
        61: ("DELEGATION_TOKEN_AUTH_DISABLED", .none),
        62: ("DELEGATION_TOKEN_NOT_FOUND", .none),
        63: ("DELEGATION_TOKEN_OWNER_MISMATCH", .none),
        64: ("DELEGATION_TOKEN_REQUEST_NOT_ALLOWED", .none),
        65: ("DELEGATION_TOKEN_AUTHORIZATION_FAILED", .none),
        66: ("DELEGATION_TOKEN_EXPIRED", .none),
        67: ("INVALID_PRINCIPAL_TYPE", .none),
        68: ("NON_EMPTY_GROUP", .none),
        69: ("GROUP_ID_NOT_FOUND", .none),
        70: ("FETCH_SESSION_ID_NOT_FOUND", .retry),
        71: ("INVALID_FETCH_SESSION_EPOCH", .retry),
        72: ("LISTENER_NOT_FOUND", .refreshThenRetry),
        73: ("TOPIC_DELETION_DISABLED", .none),
        74: ("FENCED_LEADER_EPOCH", .refreshThenRetry),
        75: ("UNKNOWN_LEADER_EPOCH", .retry),
        76: ("UNSUPPORTED_COMPRESSION_TYPE", .none),
        77: ("STALE_BROKER_EPOCH", .none),
        78: ("OFFSET_NOT_AVAILABLE", .retry),
        79: ("MEMBER_ID_REQUIRED", .none),
        80: ("PREFERRED_LEADER_NOT_AVAILABLE", .refreshThenRetry),
        81: ("GROUP_MAX_SIZE_REACHED", .none),
        82: ("FENCED_INSTANCE_ID", .none),
        83: ("ELIGIBLE_LEADERS_NOT_AVAILABLE", .refreshThenRetry),
        84: ("ELECTION_NOT_NEEDED", .refreshThenRetry),
        85: ("NO_REASSIGNMENT_IN_PROGRESS", .none),
        86: ("GROUP_SUBSCRIBED_TO_TOPIC", .none),
        87: ("INVALID_RECORD", .none),
        88: ("UNSTABLE_OFFSET_COMMIT", .retry),
        89: ("THROTTLING_QUOTA_EXCEEDED", .retry),
        90: ("PRODUCER_FENCED", .none),
        91: ("RESOURCE_NOT_FOUND", .none),
        92: ("DUPLICATE_RESOURCE", .none),
        93: ("UNACCEPTABLE_CREDENTIAL", .none),
        94: ("INCONSISTENT_VOTER_SET", .none),
        95: ("INVALID_UPDATE_VERSION", .none),
        96: ("FEATURE_UPDATE_FAILED", .none),
        97: ("PRINCIPAL_DESERIALIZATION_FAILURE", .none),
        98: ("SNAPSHOT_NOT_FOUND", .none),
        99: ("POSITION_OUT_OF_RANGE", .none),
        100: ("UNKNOWN_TOPIC_ID", .refreshThenRetry),
        101: ("DUPLICATE_BROKER_REGISTRATION", .none),
        102: ("BROKER_ID_NOT_REGISTERED", .none),
        103: ("INCONSISTENT_TOPIC_ID", .refreshThenRetry),
        104: ("INCONSISTENT_CLUSTER_ID", .none),
        105: ("TRANSACTIONAL_ID_NOT_FOUND", .none),
        106: ("FETCH_SESSION_TOPIC_ID_ERROR", .retry),
        107: ("INELIGIBLE_REPLICA", .none),
        108: ("NEW_LEADER_ELECTED", .none),
        109: ("OFFSET_MOVED_TO_TIERED_STORAGE", .none),
        110: ("FENCED_MEMBER_EPOCH", .none),
        111: ("UNRELEASED_INSTANCE_ID", .none),
        112: ("UNSUPPORTED_ASSIGNOR", .none),
        113: ("STALE_MEMBER_EPOCH", .none),
        114: ("MISMATCHED_ENDPOINT_TYPE", .none),
        115: ("UNSUPPORTED_ENDPOINT_TYPE", .none),
        116: ("UNKNOWN_CONTROLLER_ID", .none),
        117: ("UNKNOWN_SUBSCRIPTION_ID", .none),
        118: ("TELEMETRY_TOO_LARGE", .none),
        119: ("INVALID_REGISTRATION", .none),
        120: ("TRANSACTION_ABORTABLE", .none),
        121: ("INVALID_RECORD_STATE", .none),
        122: ("SHARE_SESSION_NOT_FOUND", .retry),
        123: ("INVALID_SHARE_SESSION_EPOCH", .retry),
        124: ("FENCED_STATE_EPOCH", .none),
        125: ("INVALID_VOTER_KEY", .none),
        126: ("DUPLICATE_VOTER", .none),
        127: ("VOTER_NOT_FOUND", .none),
        128: ("INVALID_REGULAR_EXPRESSION", .none),
        129: ("REBOOTSTRAP_REQUIRED", .none),
        130: ("STREAMS_INVALID_TOPOLOGY", .none),
        131: ("STREAMS_INVALID_TOPOLOGY_EPOCH", .none),
        132: ("STREAMS_TOPOLOGY_FENCED", .none),
        133: ("SHARE_SESSION_LIMIT_REACHED", .retry),
    ]
}

extension ErrorCode: CustomStringConvertible {
    /// Name and number: `NOT_COORDINATOR (16)`.
    public var description: String { "\(name) (\(rawValue))" }
}

extension ErrorCode: WireValue {
    public static var zero: ErrorCode { .none }
    public static var wireType: String { "int16" }
    public static func read(from reader: inout Reader) throws(WireError) -> ErrorCode {
        ErrorCode(rawValue: try reader.integer(Int16.self))
    }
    public func write(to writer: inout Writer) { writer.integer(rawValue) }
    public func tree(version: Int16, flexible: Bool) -> WireTree { .integer(Int64(rawValue)) }
}
