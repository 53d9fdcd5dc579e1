import Bytes

/// The name that stands for every name, where a pattern is literal.
let wildcard: ByteString = "*"

/// What a rule is about.
struct AclPattern: Hashable, Comparable, Sendable {
    var type: AclResourceType
    /// Literal or prefixed.
    var kind: AclPatternType
    var name: ByteString

    static func < (left: AclPattern, right: AclPattern) -> Bool {
        (left.type.rawValue, left.kind.rawValue, left.name) < (right.type.rawValue, right.kind.rawValue, right.name)
    }

    func covers(_ other: ByteString) -> Bool {
        kind == .prefixed ? other.hasPrefix(name) : name == other || name == wildcard
    }
}

/// Who may or may not do what from where.
struct AclEntry: Hashable, Comparable, Sendable {
    /// `User:alice`, or `User:*` for everyone.
    var principal: ByteString
    /// An address without a slash, or `*`.
    var host: ByteString
    var operation: AclOperation
    var permission: AclPermission

    static func < (left: AclEntry, right: AclEntry) -> Bool {
        (left.principal, left.host, left.operation.rawValue, left.permission.rawValue)
            < (right.principal, right.host, right.operation.rawValue, right.permission.rawValue)
    }

    func concerns(_ principal: ByteString, _ host: ByteString) -> Bool {
        (self.principal == principal || self.principal == "User:*") && (self.host == host || self.host == wildcard)
    }
}

/// One access rule.
struct AclBinding: Hashable, Comparable, Sendable {
    var pattern: AclPattern
    var entry: AclEntry

    static func < (left: AclBinding, right: AclBinding) -> Bool { (left.pattern, left.entry) < (right.pattern, right.entry) }
}
