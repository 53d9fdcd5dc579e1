import KafkaProtocol

/// Describes classic groups. One that is not there, or is of the newer protocol, is Dead; from version 6 with error 69.
enum DescribeGroupsHandler: CallHandler {
    typealias Request = DescribeGroupsRequest

    static func answer(
        _ request: DescribeGroupsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeGroupsResponse> {
        var response = DescribeGroupsResponse()
        response.groups = request.groups.map { id in
            let error = state.coordinatorError(of: id, context)
            if !error.isError {
                return state.groups.describe(id, version: context.version, operations: request.includeAuthorizedOperations)
            }
            var group = DescribeGroupsResponse.DescribedGroup()
            group.groupId = id
            group.errorCode = error
            return group
        }
        return .now(response)
    }
}
