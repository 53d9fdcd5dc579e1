import KafkaProtocol

/// Keeps a classic member in its group, and tells it by error 27 that the group meets again.
enum HeartbeatHandler: CallHandler {
    typealias Request = HeartbeatRequest

    static func answer(_ request: HeartbeatRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<HeartbeatResponse> {
        if let refusal = state.refusal(context, .read, namedGroup: request.groupId) {
            var response = HeartbeatResponse()
            // A coordinator that is still reading lets members live.
            response.errorCode = refusal == .coordinatorLoadInProgress ? .none : refusal
            return .now(response)
        }
        return .now(state.groups.heartbeat(request, GroupCall(context)))
    }
}
