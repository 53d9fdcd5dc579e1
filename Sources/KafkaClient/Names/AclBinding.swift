public import Bytes

/// One access rule: who may, or may not, do what to what, from where.
public struct AclBinding: Hashable, Comparable, Sendable {
    public var resourceType: AclResourceType
    public var resourceName: ByteString
    public var patternType: AclPatternType
    /// `User:alice`, or `User:*` for everyone.
    public var principal: ByteString
    /// An address, or `*`.
    public var host: ByteString
    public var operation: AclOperation
    public var permission: AclPermission

    public init(
        _ permission: AclPermission, _ principal: ByteString, _ operation: AclOperation, _ resourceType: AclResourceType,
        _ resourceName: ByteString, patternType: AclPatternType = .literal, host: ByteString = "*"
    ) {
        self.resourceType = resourceType
        self.resourceName = resourceName
        self.patternType = patternType
        self.principal = principal
        self.host = host
        self.operation = operation
        self.permission = permission
    }

    public static func < (left: AclBinding, right: AclBinding) -> Bool {
        (left.resourceType.rawValue, left.resourceName, left.patternType.rawValue, left.tail)
            < (right.resourceType.rawValue, right.resourceName, right.patternType.rawValue, right.tail)
    }

    private var tail: Tail { Tail(principal, host, operation.rawValue, permission.rawValue) }

    private struct Tail: Comparable {
        let principal: ByteString
        let host: ByteString
        let operation: Int8
        let permission: Int8

        init(_ principal: ByteString, _ host: ByteString, _ operation: Int8, _ permission: Int8) {
            self.principal = principal
            self.host = host
            self.operation = operation
            self.permission = permission
        }

        static func < (left: Tail, right: Tail) -> Bool {
            (left.principal, left.host, left.operation, left.permission)
                < (right.principal, right.host, right.operation, right.permission)
        }
    }
}

/// Which rules are meant. Nil and `any` let all through.
public struct AclFilter: Hashable, Sendable {
    public var resourceType = AclResourceType.any
    public var resourceName: ByteString?
    public var patternType = AclPatternType.any
    public var principal: ByteString?
    public var host: ByteString?
    public var operation = AclOperation.any
    public var permission = AclPermission.any

    /// Every rule.
    public init() {}
}
