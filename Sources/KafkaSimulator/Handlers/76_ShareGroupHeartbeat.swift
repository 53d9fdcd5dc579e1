import KafkaProtocol

/// The one call of a member of a share group: joins (epoch 0), stays (above 0) and leaves (-1).
enum ShareGroupHeartbeatHandler: CallHandler {
    typealias Request = ShareGroupHeartbeatRequest

    static func answer(
        _ request: ShareGroupHeartbeatRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ShareGroupHeartbeatResponse> {
        var response = ShareGroupHeartbeatResponse()
        response.errorCode = state.hasShareGroups ? state.refusal(context, .read, group: request.groupId) ?? .none : .unsupportedVersion
        if response.errorCode.isError { return .now(response) }
        guard (request.subscribedTopicNames ?? []).allSatisfy({ state.allows(context, .describe, .topic($0)) }) else {
            response.errorCode = .topicAuthorizationFailed
            return .now(response)
        }
        state.completeShareInitialization(context)
        let limits = state.groups.limits.overridden(by: state.configs.groups[request.groupId] ?? [:])
        response = state.groups.heartbeat(request, limits, GroupCall(context), VisibleTopics(state, at: context.uptime))
        if state.groups.share(request.groupId)?.initializing.isEmpty == false { state.startShareInitialization(context) }
        return .now(response)
    }
}
