import KafkaProtocol

/// Joins a classic group. Answered when the generation begins: at once for a first member, else when all have come or their
/// time is up. From version 4 a member without an id gets one first (79).
enum JoinGroupHandler: CallHandler {
    typealias Request = JoinGroupRequest

    static func answer(_ request: JoinGroupRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<JoinGroupResponse> {
        if let refusal = state.refusal(context, .read, group: request.groupId) {
            return .now(.refused(refusal, member: request.memberId, version: context.version))
        }
        let actions = state.groups.join(request, GroupCall(context), chance: context.chance)
        if case .join(let own)? = state.perform(actions, for: context.token) { return .now(own) }
        return .later
    }
}
