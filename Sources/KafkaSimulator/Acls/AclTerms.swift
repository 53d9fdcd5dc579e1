/// The sorts of things that access rules are about; the numbers are the protocol's.
enum AclResourceType: Int8, Sendable {
    case any = 1
    case topic, group, cluster, transactionalID, delegationToken, user
}

/// How a rule's or a filter's name is meant.
enum AclPatternType: Int8, Sendable {
    case any = 1
    /// In filters: every pattern that covers the name.
    case match
    case literal, prefixed
}

enum AclOperation: Int8, Sendable {
    case any = 1
    case all
    case read, write, create, delete, alter, describe, clusterAction, describeConfigs, alterConfigs, idempotentWrite
    case createTokens, describeTokens

    /// The allowed operations that allow this one too. A denied one denies itself alone.
    var impliedBy: [AclOperation] {
        switch self {
        case .describe: [.describe, .read, .write, .delete, .alter]
        case .describeConfigs: [.describeConfigs, .alterConfigs]
        default: [self]
        }
    }
}

enum AclPermission: Int8, Sendable {
    case any = 1
    case deny, allow
}

extension AclResourceType {
    /// What can be done to such a thing at all, as `authorizedOperations` shows it.
    var operations: [AclOperation] {
        switch self {
        case .topic: [.read, .write, .create, .describe, .delete, .alter, .describeConfigs, .alterConfigs]
        case .group: [.read, .describe, .delete, .describeConfigs, .alterConfigs]
        case .cluster: [.create, .clusterAction, .describeConfigs, .alterConfigs, .idempotentWrite, .alter, .describe]
        case .transactionalID: [.describe, .write]
        case .delegationToken: [.describe]
        case .user: [.createTokens, .describeTokens]
        case .any: []
        }
    }
}
