import KafkaProtocol

/// The one call of a member of a share group: joins (epoch 0), stays (above 0) and leaves (-1).
enum ShareGroupHeartbeatHandler: CallHandler {
    typealias Request = ShareGroupHeartbeatRequest

    static func answer(
        _ request: ShareGroupHeartbeatRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ShareGroupHeartbeatResponse> {
        var response = ShareGroupHeartbeatResponse()
        guard state.hasShareGroups else {
            response.errorCode = .unsupportedVersion
            return .now(response)
        }
        guard state.allows(context, .read, .group(request.groupId)) else {
            response.errorCode = .groupAuthorizationFailed
            return .now(response)
        }
        guard (request.subscribedTopicNames ?? []).allSatisfy({ state.allows(context, .describe, .topic($0)) }) else {
            response.errorCode = .topicAuthorizationFailed
            return .now(response)
        }
        do throws(HeartbeatRefusal) { try request.validate() } catch {
            response.errorCode = error.code
            response.errorMessage = error.message
            return .now(response)
        }
        if let refusal = state.refusal(context, .read, group: request.groupId) {
            response.errorCode = refusal
            return .now(response)
        }
        state.completeShareInitialization(context)
        let limits = state.groups.limits.overridden(by: state.configs.groups[request.groupId] ?? [:])
        response = state.groups.heartbeat(request, limits, GroupCall(context), VisibleTopics(state, at: context.uptime))
        if state.groups.share(request.groupId)?.initializing.isEmpty == false { state.startShareInitialization(context) }
        return .now(response)
    }
}
