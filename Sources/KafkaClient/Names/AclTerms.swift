/// What an access rule is about. A number that is not named here is kept.
public struct AclResourceType: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int8
    public init(rawValue: Int8) { self.rawValue = rawValue }

    /// In filters: every type.
    public static let any = AclResourceType(rawValue: 1)
    public static let topic = AclResourceType(rawValue: 2)
    public static let group = AclResourceType(rawValue: 3)
    /// Its one name is `kafka-cluster`.
    public static let cluster = AclResourceType(rawValue: 4)
    public static let transactionalID = AclResourceType(rawValue: 5)
    public static let delegationToken = AclResourceType(rawValue: 6)
    public static let user = AclResourceType(rawValue: 7)
}

/// How a name is meant (KIP-290).
public struct AclPatternType: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int8
    public init(rawValue: Int8) { self.rawValue = rawValue }

    /// In filters: literal and prefixed patterns with just this name.
    public static let any = AclPatternType(rawValue: 1)
    /// In filters: every pattern that covers the name.
    public static let match = AclPatternType(rawValue: 2)
    /// The name itself, or every name where it is `*`.
    public static let literal = AclPatternType(rawValue: 3)
    /// Every name that begins so.
    public static let prefixed = AclPatternType(rawValue: 4)
}

/// What is done to it.
public struct AclOperation: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int8
    public init(rawValue: Int8) { self.rawValue = rawValue }

    /// In filters: every operation.
    public static let any = AclOperation(rawValue: 1)
    /// In rules: whatever can be done.
    public static let all = AclOperation(rawValue: 2)
    public static let read = AclOperation(rawValue: 3)
    public static let write = AclOperation(rawValue: 4)
    public static let create = AclOperation(rawValue: 5)
    public static let delete = AclOperation(rawValue: 6)
    public static let alter = AclOperation(rawValue: 7)
    public static let describe = AclOperation(rawValue: 8)
    public static let clusterAction = AclOperation(rawValue: 9)
    public static let describeConfigs = AclOperation(rawValue: 10)
    public static let alterConfigs = AclOperation(rawValue: 11)
    public static let idempotentWrite = AclOperation(rawValue: 12)
    public static let createTokens = AclOperation(rawValue: 13)
    public static let describeTokens = AclOperation(rawValue: 14)
}

extension AclOperation {
    /// Whether a bit mask of authorized operations (KIP-430) has it; nil for −2,147,483,648, by which a broker says that it does not tell.
    public func isGranted(by operations: Int32) -> Bool? { operations == .min ? nil : operations & (1 << Int32(rawValue)) != 0 }

    /// Kafka's word for it: `ALTER_CONFIGS`; its number where it is not named here.
    public var word: String {
        switch self {
        case .all: "ALL"
        case .read: "READ"
        case .write: "WRITE"
        case .create: "CREATE"
        case .delete: "DELETE"
        case .alter: "ALTER"
        case .describe: "DESCRIBE"
        case .clusterAction: "CLUSTER_ACTION"
        case .describeConfigs: "DESCRIBE_CONFIGS"
        case .alterConfigs: "ALTER_CONFIGS"
        case .idempotentWrite: "IDEMPOTENT_WRITE"
        default: "operation \(rawValue)"
        }
    }
}

/// Whether a rule forbids or permits. What any rule forbids, no other can permit.
public struct AclPermission: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int8
    public init(rawValue: Int8) { self.rawValue = rawValue }

    /// In filters: both.
    public static let any = AclPermission(rawValue: 1)
    public static let deny = AclPermission(rawValue: 2)
    public static let allow = AclPermission(rawValue: 3)
}
