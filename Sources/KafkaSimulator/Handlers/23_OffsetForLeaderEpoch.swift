import KafkaProtocol

/// Where a leader epoch ended in a partition's log (KIP-320). An unknown partition is error 3, another broker's 6.
enum OffsetForLeaderEpochHandler: CallHandler {
    typealias Request = OffsetForLeaderEpochRequest

    static func answer(
        _ request: OffsetForLeaderEpochRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<OffsetForLeaderEpochResponse> {
        var response = OffsetForLeaderEpochResponse()
        for asked in request.topics {
            var topic = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult()
            topic.topic = asked.topic
            topic.partitions = asked.partitions.map { partition in
                var result = OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult.EpochEndOffset()
                result.partition = partition.partition
                guard state.allows(context, .describe, .topic(asked.topic)) else {
                    result.errorCode = .topicAuthorizationFailed
                    return result
                }
                switch state.led(
                    state.topics[asked.topic], partition.partition, by: context.broker, epoch: partition.currentLeaderEpoch)
                {
                case .failure(let refusal): result.errorCode = refusal.code
                case .success(let found):
                    if let end = found.log.end(of: partition.leaderEpoch, currentEpoch: found.leaderEpoch) {
                        result.leaderEpoch = end.epoch
                        result.endOffset = end.offset
                    }
                }
                return result
            }
            response.topics.append(topic)
        }
        return .now(response)
    }
}
