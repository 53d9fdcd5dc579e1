import KafkaProtocol

/// Nothing is ever on the move here.
enum ListPartitionReassignmentsHandler: CallHandler {
    typealias Request = ListPartitionReassignmentsRequest

    static func answer(
        _ request: ListPartitionReassignmentsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ListPartitionReassignmentsResponse> {
        .now(ListPartitionReassignmentsResponse())
    }
}
