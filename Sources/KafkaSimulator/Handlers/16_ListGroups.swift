import KafkaProtocol

/// Lists the groups that the asked broker coordinates, and no others. Filters by state from version 4, by type from 5.
/// Who may not describe the cluster sees the groups that it may describe, and is not told of others.
enum ListGroupsHandler: CallHandler {
    typealias Request = ListGroupsRequest

    static func answer(_ request: ListGroupsRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<ListGroupsResponse> {
        var response = ListGroupsResponse()
        if state.isLoadingGroups(context) {
            response.errorCode = .coordinatorLoadInProgress
            return .now(response)
        }
        let seesAll = state.allows(context, .describe, .cluster)
        response.groups = state.groups.list(states: request.statesFilter, types: request.typesFilter) {
            state.coordinates($0, context) && (seesAll || state.allows(context, .describe, .group($0)))
        }
        return .now(response)
    }
}
