import Bytes
import KafkaProtocol

extension ConfigRefusal {
    static var noAuthorizer: ConfigRefusal { ConfigRefusal(.securityDisabled, "No Authorizer is configured.") }
}

extension AclBinding {
    /// The rule that is asked for, or why it cannot be: in the words, and in the order of checks, of a controller.
    init(_ asked: CreateAclsRequest.AclCreation) throws(ConfigRefusal) {
        let type = AclResourceType(rawValue: asked.resourceType)
        func refuse(_ message: String) -> ConfigRefusal { ConfigRefusal(.invalidRequest, message) }
        if type == .cluster, asked.resourceName != AclResource.cluster.name {
            throw refuse("The only valid name for the CLUSTER resource is \(AclResource.cluster.name)")
        }
        if asked.resourceName.isEmpty { throw refuse("Invalid empty resource name") }
        guard let type, type != .any else { throw refuse("Invalid resourceType \(type == nil ? "UNKNOWN" : "ANY")") }
        let kind = AclPatternType(rawValue: asked.resourcePatternType)
        guard let kind, kind == .literal || kind == .prefixed else {
            throw refuse("Invalid patternType \(kind.map { $0 == .any ? "ANY" : "MATCH" } ?? "UNKNOWN")")
        }
        let operation = AclOperation(rawValue: asked.operation)
        guard let operation, operation != .any else { throw refuse("Invalid operation \(operation == nil ? "UNKNOWN" : "ANY")") }
        let permission = AclPermission(rawValue: asked.permissionType)
        guard let permission, permission != .any else {
            throw refuse("Invalid permissionType \(permission == nil ? "UNKNOWN" : "ANY")")
        }
        guard asked.principal.bytes.contains(UInt8(ascii: ":")) else {
            throw refuse(
                "Could not parse principal from `\(asked.principal)` (no colon is present separating the principal type from the principal name)"
            )
        }
        pattern = AclPattern(type: type, kind: kind, name: asked.resourceName)
        entry = AclEntry(principal: asked.principal, host: asked.host, operation: operation, permission: permission)
    }
}

extension AclFilter {
    /// As requests have it, in numbers.
    init(
        type: Int8, kind: Int8, name: ByteString?, principal: ByteString?, host: ByteString?, operation: Int8, permission: Int8
    ) throws(ConfigRefusal) {
        guard let type = AclResourceType(rawValue: type), let kind = AclPatternType(rawValue: kind) else {
            throw ConfigRefusal(.invalidRequest, "Unknown patternFilter.")
        }
        guard let operation = AclOperation(rawValue: operation), let permission = AclPermission(rawValue: permission) else {
            throw ConfigRefusal(.invalidRequest, "Unknown entryFilter.")
        }
        self.init(
            type: type, kind: kind, name: name, principal: principal, host: host, operation: operation, permission: permission)
    }
}
