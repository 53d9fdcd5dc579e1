import KafkaProtocol

/// Hands the assignment to a classic group's members. Answered when the leader has brought it.
enum SyncGroupHandler: CallHandler {
    typealias Request = SyncGroupRequest

    static func answer(_ request: SyncGroupRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<SyncGroupResponse> {
        if let refusal = state.refusal(context, .read, namedGroup: request.groupId) {
            var response = SyncGroupResponse()
            response.errorCode = refusal
            return .now(response)
        }
        let actions = state.groups.sync(request, GroupCall(context))
        if case .sync(let own)? = state.perform(actions, for: context.token) { return .now(own) }
        return .later
    }
}
