import KafkaProtocol

/// Takes members out of a classic group, from version 3 several at once: by id, or static ones by instance.
enum LeaveGroupHandler: CallHandler {
    typealias Request = LeaveGroupRequest

    static func answer(_ request: LeaveGroupRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<LeaveGroupResponse> {
        let error = state.coordinatorError(of: request.groupId, context)
        if error.isError {
            var response = LeaveGroupResponse()
            response.errorCode = error
            return .now(response)
        }
        let (response, actions) = state.groups.leave(request, GroupCall(context))
        _ = state.perform(actions, for: context.token)
        return .now(response)
    }
}
