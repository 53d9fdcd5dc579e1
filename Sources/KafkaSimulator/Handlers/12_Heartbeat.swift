import KafkaProtocol

/// Keeps a classic member in its group, and tells it by error 27 that the group meets again.
enum HeartbeatHandler: CallHandler {
    typealias Request = HeartbeatRequest

    static func answer(_ request: HeartbeatRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<HeartbeatResponse> {
        guard state.coordinates(request.groupId, context) else {
            var response = HeartbeatResponse()
            response.errorCode = .notCoordinator
            return .now(response)
        }
        return .now(state.groups.heartbeat(request, GroupCall(context)))
    }
}
