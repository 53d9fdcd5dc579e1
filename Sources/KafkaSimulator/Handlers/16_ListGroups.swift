import KafkaProtocol

/// Lists the groups that the asked broker coordinates, and no others. Filters by state from version 4, by type from 5.
enum ListGroupsHandler: CallHandler {
    typealias Request = ListGroupsRequest

    static func answer(_ request: ListGroupsRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<ListGroupsResponse> {
        var response = ListGroupsResponse()
        if state.isLoadingGroups(context) {
            response.errorCode = .coordinatorLoadInProgress
            return .now(response)
        }
        response.groups = state.groups.list(states: request.statesFilter, types: request.typesFilter) {
            state.coordinates($0, context)
        }
        return .now(response)
    }
}
