import KafkaProtocol

/// The one call of a member of the newer protocol: joins (epoch 0), stays (above 0) and leaves (-1, or -2 for a while).
enum ConsumerGroupHeartbeatHandler: CallHandler {
    typealias Request = ConsumerGroupHeartbeatRequest

    static func answer(
        _ request: ConsumerGroupHeartbeatRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ConsumerGroupHeartbeatResponse> {
        guard state.coordinates(request.groupId, context) else {
            var response = ConsumerGroupHeartbeatResponse()
            response.errorCode = .notCoordinator
            response.errorMessage = "This is not the correct coordinator."
            return .now(response)
        }
        let directory = VisibleTopics(state, at: context.uptime)
        return .now(state.groups.heartbeat(request, GroupCall(context), directory, chance: context.chance))
    }
}
