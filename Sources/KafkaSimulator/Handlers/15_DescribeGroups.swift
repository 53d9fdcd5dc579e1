import KafkaProtocol

/// Describes classic groups. One that is not there, or is of the newer protocol, is Dead; from version 6 with error 69.
enum DescribeGroupsHandler: CallHandler {
    typealias Request = DescribeGroupsRequest

    static func answer(
        _ request: DescribeGroupsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeGroupsResponse> {
        var response = DescribeGroupsResponse()
        response.groups = request.groups.map { id in
            if let refusal = state.refusal(context, .describe, group: id) {
                var group = DescribeGroupsResponse.DescribedGroup()
                group.groupId = id
                group.errorCode = refusal
                return group
            }
            let operations = request.includeAuthorizedOperations ? state.operations(context, on: .group(id)) : nil
            return state.groups.describe(id, version: context.version, operations: operations)
        }
        return .now(response)
    }
}
