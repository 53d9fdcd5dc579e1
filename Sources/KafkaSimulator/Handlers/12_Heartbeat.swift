import KafkaProtocol

/// Keeps a classic member in its group, and tells it by error 27 that the group meets again.
enum HeartbeatHandler: CallHandler {
    typealias Request = HeartbeatRequest

    static func answer(_ request: HeartbeatRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<HeartbeatResponse> {
        let error = state.coordinatorError(of: request.groupId, context)
        if error.isError {
            var response = HeartbeatResponse()
            // A coordinator that is still reading lets members live.
            response.errorCode = error == .coordinatorLoadInProgress ? .none : error
            return .now(response)
        }
        return .now(state.groups.heartbeat(request, GroupCall(context)))
    }
}
