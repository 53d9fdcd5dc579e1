import Bytes
import KafkaProtocol

/// Deletes groups that nobody is in (68 otherwise), with their committed positions. One that is named twice is deleted and
/// answered once.
enum DeleteGroupsHandler: CallHandler {
    typealias Request = DeleteGroupsRequest

    static func answer(
        _ request: DeleteGroupsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DeleteGroupsResponse> {
        var response = DeleteGroupsResponse()
        var named: Set<ByteString> = []
        for id in request.groupsNames where named.insert(id).inserted {
            var result = DeleteGroupsResponse.DeletableGroupResult()
            result.groupId = id
            result.errorCode = state.refusal(context, .delete, group: id) ?? state.groups.delete(id)
            if !result.errorCode.isError { state.sharedDeliveries.forget(group: id) }
            response.results.append(result)
        }
        return .now(response)
    }
}
