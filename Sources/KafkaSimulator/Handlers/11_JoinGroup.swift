import Bytes
import KafkaProtocol

/// Joins a classic group. Answered when the generation begins: at once for a first member, else when all have come or their
/// time is up. From version 4 a member without an id gets one first (79).
enum JoinGroupHandler: CallHandler {
    typealias Request = JoinGroupRequest

    static func answer(_ request: JoinGroupRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<JoinGroupResponse> {
        func refused(_ code: ErrorCode, member: ByteString) -> Answer<JoinGroupResponse> {
            .now(.refused(code, member: member, version: context.version))
        }
        if !state.allows(context, .read, .group(request.groupId)) { return refused(.groupAuthorizationFailed, member: "") }
        // What is wrong whoever coordinates the group is said first.
        if let flaw = state.groups.flaw(in: request) { return refused(flaw, member: request.memberId) }
        if let refusal = state.refusal(context, .read, group: request.groupId) { return refused(refusal, member: "") }
        let actions = state.groups.join(request, GroupCall(context), chance: context.chance)
        if case .join(let own)? = state.perform(actions, for: context.token) { return .now(own) }
        return .later
    }
}
