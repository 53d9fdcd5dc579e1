import Bytes

/// Who asks, as rules know it.
struct AclCaller: Equatable, Sendable {
    /// `User:alice`.
    var principal: ByteString
    /// `127.0.0.1`.
    var host: ByteString
}

/// Decides as Kafka's StandardAuthorizer does (KIP-801): super users may everything; else a rule that denies decides, then one
/// that allows; a thing that rules cover, but none for the caller, is closed; one that no rule covers is open or closed as
/// `allow.everyone.if.no.acl.found` says.
struct Authorizer: Sendable {
    /// Compared as they are: `User:admin`.
    var superUsers: Set<ByteString>
    var allowsEveryoneWithoutAcl: Bool
    var store = AclStore()

    func allows(_ caller: AclCaller, _ operation: AclOperation, _ type: AclResourceType, _ name: ByteString) -> Bool {
        if superUsers.contains(caller.principal) { return true }
        let covering = store.entries(covering: name, of: type)
        if covering.isEmpty { return allowsEveryoneWithoutAcl }
        var isAllowed = false
        for entry in covering.lazy.joined() where entry.concerns(caller.principal, caller.host) {
            switch entry.permission {
            case .deny: if entry.operation == .all || entry.operation == operation { return false }
            case .allow: if entry.operation == .all || operation.impliedBy.contains(entry.operation) { isAllowed = true }
            case .any: break
            }
        }
        return isAllowed
    }

    /// Whether the caller may do it to at least one thing of this type, whichever that is (KIP-679). Implied operations do
    /// not count here.
    func allowsAny(_ caller: AclCaller, _ operation: AclOperation, _ type: AclResourceType) -> Bool {
        // A name that stands for one that nobody has made rules for.
        if allows(caller, operation, type, "hardcode") { return true }
        func patterns(_ permission: AclPermission) -> Set<AclPattern> {
            store.patterns(of: type) {
                $0.permission == permission && ($0.operation == operation || $0.operation == .all)
                    && $0.concerns(caller.principal, caller.host)
            }
        }
        let denied = patterns(.deny)
        if denied.contains(AclPattern(type: type, kind: .literal, name: wildcard)) { return false }
        return patterns(.allow).contains { allowed in
            if allowed.kind == .literal, allowed.name != wildcard, denied.contains(allowed) { return false }
            return !denied.contains { $0.kind == .prefixed && $0.name.count <= allowed.name.count && allowed.name.hasPrefix($0.name) }
        }
    }
}
