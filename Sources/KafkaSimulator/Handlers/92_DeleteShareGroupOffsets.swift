import KafkaProtocol

/// Forgets where delivery of topics to a share group starts; nobody may be in the group (68).
enum DeleteShareGroupOffsetsHandler: CallHandler {
    typealias Request = DeleteShareGroupOffsetsRequest

    static func answer(
        _ request: DeleteShareGroupOffsetsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DeleteShareGroupOffsetsResponse> {
        var response = DeleteShareGroupOffsetsResponse()
        response.errorCode = state.hasShareGroups ? state.refusal(context, .delete, group: request.groupId) ?? .none : .unsupportedVersion
        if response.errorCode.isOfCoordinator { response.errorMessage = response.errorCode.coordinatorWords }
        if response.errorCode.isError { return .now(response) }
        state.completeShareInitialization(context)
        let outcome = state.groups.deleteShareOffsets(request, VisibleTopics(state, at: context.uptime))
        for topic in outcome.topics where !topic.errorCode.isError {
            state.sharedDeliveries.forget(group: request.groupId, topic: topic.topicId)
        }
        response.errorCode = outcome.error
        response.errorMessage = outcome.message
        response.responses = outcome.topics
        return .now(response)
    }
}
