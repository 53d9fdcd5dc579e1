import KafkaProtocol

/// Describes groups of the newer protocol; any other is error 69, with the reason in its message.
enum ConsumerGroupDescribeHandler: CallHandler {
    typealias Request = ConsumerGroupDescribeRequest

    static func answer(
        _ request: ConsumerGroupDescribeRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ConsumerGroupDescribeResponse> {
        var response = ConsumerGroupDescribeResponse()
        let directory = VisibleTopics(state, at: context.uptime)
        response.groups = request.groupIds.map { id in
            let error = state.coordinatorError(of: id, context)
            if !error.isError {
                return state.groups.describeConsumer(id, operations: request.includeAuthorizedOperations, directory)
            }
            var group = ConsumerGroupDescribeResponse.DescribedGroup()
            group.groupId = id
            group.errorCode = error
            group.errorMessage = error.coordinatorWords
            return group
        }
        return .now(response)
    }
}
