import KafkaProtocol

/// Takes members out of a classic group, from version 3 several at once: by id, or static ones by instance.
enum LeaveGroupHandler: CallHandler {
    typealias Request = LeaveGroupRequest

    static func answer(_ request: LeaveGroupRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<LeaveGroupResponse> {
        if let refusal = state.refusal(context, .read, namedGroup: request.groupId) {
            var response = LeaveGroupResponse()
            response.errorCode = refusal
            return .now(response)
        }
        let (response, actions) = state.groups.leave(request, GroupCall(context))
        _ = state.perform(actions, for: context.token)
        return .now(response)
    }
}
