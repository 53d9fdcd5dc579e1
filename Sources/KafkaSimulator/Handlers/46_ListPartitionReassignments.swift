import Bytes
import KafkaProtocol

/// Partitions that are on their way to other brokers; null asks for all. Topics that are not there are left out.
enum ListPartitionReassignmentsHandler: CallHandler {
    typealias Request = ListPartitionReassignmentsRequest
    typealias Row = ListPartitionReassignmentsResponse.OngoingTopicReassignment

    static func answer(
        _ request: ListPartitionReassignmentsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ListPartitionReassignmentsResponse> {
        state.settleReassignments(at: context.uptime)
        var response = ListPartitionReassignmentsResponse()
        let moves = state.reassignments.moves
        let asked: [(name: ByteString, partitions: [Int32])] =
            request.topics?.map { ($0.name, $0.partitionIndexes) } ?? moves.keys.sorted().map { ($0, moves[$0]?.keys.sorted() ?? []) }
        for (name, partitions) in asked {
            var row = Row()
            row.name = name
            row.partitions = partitions.compactMap { index in
                guard let move = moves[name]?[index] else { return nil }
                var partition = Row.OngoingPartitionReassignment()
                partition.partitionIndex = index
                partition.replicas = move.replicas
                partition.addingReplicas = move.adding
                partition.removingReplicas = move.removing
                return partition
            }
            if !row.partitions.isEmpty { response.topics.append(row) }
        }
        return .now(response)
    }
}
