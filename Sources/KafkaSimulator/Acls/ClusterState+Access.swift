import Bytes
import KafkaProtocol

extension CallContext {
    var caller: AclCaller {
        let slash = clientHost.bytes.first == UInt8(ascii: "/")
        return AclCaller(principal: principal, host: slash ? ByteString(bytes: clientHost.bytes.dropFirst()) : clientHost)
    }
}

extension ClusterState {
    /// Whether whoever sent the call may do this. Without an authorizer everybody may do everything.
    func allows(_ context: CallContext, _ operation: AclOperation, _ resource: AclResource) -> Bool {
        authorizer?.allows(context.caller, operation, resource.type, resource.name) ?? true
    }

    /// Whether it may do this to any resource of a type at all.
    func allowsAny(_ context: CallContext, _ operation: AclOperation, _ type: AclResourceType) -> Bool {
        authorizer?.allowsAny(context.caller, operation, type) ?? true
    }

    /// What the caller may do to the resource: one bit an operation, at its number (KIP-430).
    func operations(_ context: CallContext, on resource: AclResource) -> Int32 {
        resource.type.operations.filter { allows(context, $0, resource) }.reduce(0) { $0 | 1 << Int32($1.rawValue) }
    }

    /// Why the asked broker does not serve this call about a group: the caller may not, another broker coordinates, or
    /// this one is still reading.
    mutating func refusal(_ context: CallContext, _ operation: AclOperation, group id: ByteString) -> ErrorCode? {
        if !allows(context, operation, .group(id)) { return .groupAuthorizationFailed }
        let error = coordinatorError(of: id, context)
        return error.isError ? error : nil
    }

    /// The same for calls that no group without a name can be asked about, whoever coordinates it.
    mutating func refusal(_ context: CallContext, _ operation: AclOperation, namedGroup id: ByteString) -> ErrorCode? {
        if id.isEmpty { return allows(context, operation, .group(id)) ? .invalidGroupId : .groupAuthorizationFailed }
        return refusal(context, operation, group: id)
    }
}
