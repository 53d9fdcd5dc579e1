import KafkaProtocol

/// Deletes groups that nobody is in (68 otherwise), with their committed positions.
enum DeleteGroupsHandler: CallHandler {
    typealias Request = DeleteGroupsRequest

    static func answer(
        _ request: DeleteGroupsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DeleteGroupsResponse> {
        var response = DeleteGroupsResponse()
        for id in request.groupsNames {
            var result = DeleteGroupsResponse.DeletableGroupResult()
            result.groupId = id
            let error = state.coordinatorError(of: id, context)
            result.errorCode = error.isError ? error : state.groups.delete(id)
            response.results.append(result)
        }
        return .now(response)
    }
}
