import Bytes
import KafkaProtocol

/// Sends partitions to other brokers, or calls that off (null). A list that is empty, names a broker twice or one that does
/// not exist is error 39; calling off what is not under way 85; a missing topic or partition 3.
enum AlterPartitionReassignmentsHandler: CallHandler {
    typealias Request = AlterPartitionReassignmentsRequest
    typealias Row = AlterPartitionReassignmentsResponse.ReassignableTopicResponse

    static func answer(
        _ request: AlterPartitionReassignmentsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<AlterPartitionReassignmentsResponse> {
        state.settleReassignments(at: context.uptime)
        var response = AlterPartitionReassignmentsResponse()
        response.allowReplicationFactorChange = request.allowReplicationFactorChange
        if state.refusesControllerCalls(context) {
            response.errorCode = .notController
            return .now(response)
        }
        for topic in request.topics {
            var row = Row()
            row.name = topic.name
            for partition in topic.partitions {
                let refusal = alter(topic.name, partition, request, context, &state)
                var result = Row.ReassignablePartitionResponse()
                result.partitionIndex = partition.partitionIndex
                result.errorCode = refusal?.code ?? .none
                result.errorMessage = refusal?.message.map { ByteString($0) }
                row.partitions.append(result)
            }
            response.responses.append(row)
        }
        return .now(response)
    }

    private static func alter(
        _ name: ByteString, _ asked: AlterPartitionReassignmentsRequest.ReassignableTopic.ReassignablePartition,
        _ request: AlterPartitionReassignmentsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> ConfigRefusal? {
        guard let topic = state.topics[name] else {
            return ConfigRefusal(.unknownTopicOrPartition, "Unable to find a topic named \(name).")
        }
        guard topic.partitions.indices.contains(Int(asked.partitionIndex)) else {
            return ConfigRefusal(.unknownTopicOrPartition, "Unable to find partition \(name):\(asked.partitionIndex).")
        }
        guard let target = asked.replicas else {
            return state.cancelReassignment(of: name, asked.partitionIndex) ? nil : ConfigRefusal(.noReassignmentInProgress, nil)
        }
        if let flaw = flaw(in: target, state) { return ConfigRefusal(.invalidReplicaAssignment, flaw) }
        let factor =
            state.reassignments[name, asked.partitionIndex]?.original.count ?? topic.partitions[Int(asked.partitionIndex)].replicas.count
        if !request.allowReplicationFactorChange, target.count != factor {
            return ConfigRefusal(
                .invalidReplicationFactor,
                "The replication factor is changed from \(factor) to \(target.count)")
        }
        state.reassign(name, asked.partitionIndex, to: target, at: context.uptime)
        return nil
    }

    private static func flaw(in replicas: [Int32], _ state: ClusterState) -> String? {
        if replicas.isEmpty { return "The manual partition assignment includes an empty replica list." }
        var former: Int32?
        for broker in replicas.sorted() {
            if state.broker(broker) == nil {
                return "The manual partition assignment includes broker \(broker), but no such broker is registered."
            }
            if broker == former { return "The manual partition assignment includes the broker \(broker) more than once." }
            former = broker
        }
        return nil
    }
}
