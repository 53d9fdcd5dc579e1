import KafkaProtocol

/// Takes members out of a classic group, from version 3 several at once: by id, or static ones by instance.
enum LeaveGroupHandler: CallHandler {
    typealias Request = LeaveGroupRequest

    static func answer(_ request: LeaveGroupRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<LeaveGroupResponse> {
        guard state.coordinates(request.groupId, context) else {
            var response = LeaveGroupResponse()
            response.errorCode = .notCoordinator
            return .now(response)
        }
        let (response, actions) = state.groups.leave(request, GroupCall(context))
        _ = state.perform(actions, for: context.token)
        return .now(response)
    }
}
