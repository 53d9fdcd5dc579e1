import Bytes

/// Which rules are meant; nil and `any` let all through.
struct AclFilter: Sendable {
    var type: AclResourceType
    var kind: AclPatternType
    var name: ByteString?
    var principal: ByteString?
    var host: ByteString?
    var operation: AclOperation
    var permission: AclPermission

    func matches(_ binding: AclBinding) -> Bool { matches(binding.pattern) && matches(binding.entry) }

    func matches(_ pattern: AclPattern) -> Bool {
        guard type == .any || type == pattern.type else { return false }
        switch kind {
        case .any: return name == nil || name == pattern.name
        case .match: return name.map(pattern.covers) ?? true
        case .literal, .prefixed: return kind == pattern.kind && (name == nil || name == pattern.name)
        }
    }

    func matches(_ entry: AclEntry) -> Bool {
        (principal == nil || principal == entry.principal) && (host == nil || host == entry.host)
            && (operation == .any || operation == entry.operation) && (permission == .any || permission == entry.permission)
    }
}
