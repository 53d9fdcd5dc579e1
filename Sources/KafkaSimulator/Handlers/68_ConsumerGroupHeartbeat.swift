import KafkaProtocol

/// The one call of a member of the newer protocol: joins (epoch 0), stays (above 0) and leaves (-1, or -2 for a while).
enum ConsumerGroupHeartbeatHandler: CallHandler {
    typealias Request = ConsumerGroupHeartbeatRequest

    static func answer(
        _ request: ConsumerGroupHeartbeatRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ConsumerGroupHeartbeatResponse> {
        var refused = ConsumerGroupHeartbeatResponse()
        guard state.allows(context, .read, .group(request.groupId)) else {
            refused.errorCode = .groupAuthorizationFailed
            return .now(refused)
        }
        guard (request.subscribedTopicNames ?? []).allSatisfy({ state.allows(context, .describe, .topic($0)) }) else {
            refused.errorCode = .topicAuthorizationFailed
            return .now(refused)
        }
        // What is wrong whoever coordinates the group is said first.
        do throws(HeartbeatRefusal) { try request.validate(version: context.version) } catch {
            refused.errorCode = error.code
            refused.errorMessage = error.message
            return .now(refused)
        }
        if let refusal = state.refusal(context, .read, group: request.groupId) {
            refused.errorCode = refusal
            return .now(refused)
        }
        let directory = VisibleTopics(state, at: context.uptime)
        let limits = state.groups.limits.overridden(by: state.configs.groups[request.groupId] ?? [:])
        return .now(state.groups.heartbeat(request, GroupCall(context), directory, limits: limits, chance: context.chance))
    }
}
