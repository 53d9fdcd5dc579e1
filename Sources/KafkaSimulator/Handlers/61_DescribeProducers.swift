import KafkaProtocol

/// The idempotent and transactional producers that wrote to partitions which the addressed broker leads.
enum DescribeProducersHandler: CallHandler {
    typealias Request = DescribeProducersRequest
    typealias Row = DescribeProducersResponse.TopicResponse.PartitionResponse

    static func answer(
        _ request: DescribeProducersRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeProducersResponse> {
        var response = DescribeProducersResponse()
        for asked in request.topics {
            var topic = DescribeProducersResponse.TopicResponse()
            topic.name = asked.name
            topic.partitions = asked.partitionIndexes.map { index in
                var row = Row()
                row.partitionIndex = index
                guard state.allows(context, .read, .topic(asked.name)) else {
                    row.errorCode = .topicAuthorizationFailed
                    row.errorMessage = "Topic authorization failed."
                    return row
                }
                switch state.led(state.topics[asked.name], index, by: context.broker) {
                case .failure(let refusal):
                    row.errorCode = refusal.code
                    if state.topics[asked.name] == nil { row.errorMessage = "This server does not host this topic-partition." }
                case .success(let partition):
                    row.activeProducers = partition.producers.producers.sorted { $0.key < $1.key }.map { id, producer in
                        var entry = Row.ProducerState()
                        entry.producerId = id
                        entry.producerEpoch = Int32(producer.epoch)
                        entry.lastSequence = producer.lastSequence
                        entry.lastTimestamp = producer.lastTimestamp
                        entry.coordinatorEpoch = producer.coordinatorEpoch
                        entry.currentTxnStartOffset = partition.transactions.open[id] ?? -1
                        return entry
                    }
                }
                return row
            }
            response.topics.append(topic)
        }
        return .now(response)
    }
}
