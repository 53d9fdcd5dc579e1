import KafkaProtocol

/// Describes share groups; any other is error 69, with the reason in its message.
enum ShareGroupDescribeHandler: CallHandler {
    typealias Request = ShareGroupDescribeRequest

    static func answer(
        _ request: ShareGroupDescribeRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ShareGroupDescribeResponse> {
        var response = ShareGroupDescribeResponse()
        let directory = VisibleTopics(state, at: context.uptime)
        for id in request.groupIds {
            let error = state.hasShareGroups ? state.coordinatorError(of: id, context) : .unsupportedVersion
            var group = GroupCoordinator.ShareDescription()
            group.groupId = id
            group.errorCode = error
            if !error.isError { group = state.groups.describeShare(id, operations: request.includeAuthorizedOperations, directory) }
            response.groups.append(group)
        }
        return .now(response)
    }
}
