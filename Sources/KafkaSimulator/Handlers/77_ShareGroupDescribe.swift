import KafkaProtocol

/// Describes share groups; any other is error 69, with the reason in its message; one without a name is 24.
enum ShareGroupDescribeHandler: CallHandler {
    typealias Request = ShareGroupDescribeRequest

    static func answer(
        _ request: ShareGroupDescribeRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ShareGroupDescribeResponse> {
        var response = ShareGroupDescribeResponse()
        let directory = VisibleTopics(state, at: context.uptime)
        for id in request.groupIds {
            let error = state.hasShareGroups ? state.refusal(context, .describe, namedGroup: id) ?? .none : .unsupportedVersion
            var group = GroupCoordinator.ShareDescription()
            group.groupId = id
            group.errorCode = error
            group.errorMessage = error.isOfCoordinator ? error.coordinatorWords : nil
            if !error.isError {
                let operations = request.includeAuthorizedOperations ? state.operations(context, on: .group(id)) : nil
                group = state.groups.describeShare(id, operations: operations, directory)
                let topics = group.members.flatMap(\.assignment.topicPartitions).map(\.topicName)
                if !topics.allSatisfy({ state.allows(context, .describe, .topic($0)) }) {
                    group = GroupCoordinator.ShareDescription()
                    group.groupId = id
                    group.errorCode = .topicAuthorizationFailed
                    group.errorMessage = "The group has described topic(s) that the client is not authorized to describe."
                }
            }
            response.groups.append(group)
        }
        return .now(response)
    }
}
