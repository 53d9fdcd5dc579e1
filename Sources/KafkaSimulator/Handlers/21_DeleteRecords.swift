import Bytes
import KafkaProtocol

/// Moves a partition's log start up; -1 means the high watermark. Above that it is error 1, on a topic that is only compacted 44.
enum DeleteRecordsHandler: CallHandler {
    typealias Request = DeleteRecordsRequest
    typealias Result = DeleteRecordsResponse.DeleteRecordsTopicResult.DeleteRecordsPartitionResult

    static func answer(
        _ request: DeleteRecordsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DeleteRecordsResponse> {
        var response = DeleteRecordsResponse()
        for asked in request.topics {
            var topic = DeleteRecordsResponse.DeleteRecordsTopicResult()
            topic.name = asked.name
            topic.partitions = asked.partitions.map { partition in
                var result = Result()
                result.partitionIndex = partition.partitionIndex
                result.lowWatermark = -1
                if !state.allows(context, .delete, .topic(asked.name)) {
                    result.errorCode = .topicAuthorizationFailed
                } else if let refusal = refusal(partition, of: state.topics[asked.name], context, state) {
                    result.errorCode = refusal
                } else {
                    result.lowWatermark =
                        state.topics[asked.name]?.partitions[Int(partition.partitionIndex)].deleteRecords(before: partition.offset) ?? -1
                }
                return result
            }
            response.topics.append(topic)
        }
        return .now(response)
    }

    private static func refusal(
        _ asked: DeleteRecordsRequest.DeleteRecordsTopic.DeleteRecordsPartition, of topic: Topic?, _ context: CallContext,
        _ state: ClusterState
    ) -> ErrorCode? {
        switch state.led(topic, asked.partitionIndex, by: context.broker) {
        case .failure(let refusal): return refusal.code
        case .success(let partition):
            let policy = topic.flatMap { state.configs.effective("cleanup.policy", of: $0.configs, broker: context.broker) }
            if let policy, !ConfigDefinition.items(policy).contains("delete") { return .policyViolation }
            return asked.offset < -1 || asked.offset > partition.log.highWatermark ? .offsetOutOfRange : nil
        }
    }
}
