import Bytes
import KafkaProtocol

/// Commits a group's positions inside a transaction: they hold when it commits, and are pending until then.
///
/// Partitions that do not exist answer 3; an error of the rest stands at each of its partitions.
enum TxnOffsetCommitHandler: CallHandler {
    typealias Request = TxnOffsetCommitRequest
    typealias TopicResult = TxnOffsetCommitResponse.TxnOffsetCommitResponseTopic

    static func answer(
        _ request: TxnOffsetCommitRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<TxnOffsetCommitResponse> {
        var refusal: ErrorCode?
        if !state.allows(context, .write, .transactionalID(request.transactionalId)) {
            refusal = .transactionalIdAuthorizationFailed
        } else if !state.allows(context, .read, .group(request.groupId)) {
            refusal = .groupAuthorizationFailed
        }
        var known = request
        known.topics.removeAll { refusal != nil || !state.allows(context, .read, .topic($0.name)) }
        for index in known.topics.indices {
            let name = known.topics[index].name
            known.topics[index].partitions.removeAll { !state.holds(name, $0.partitionIndex, context) }
        }
        known.topics.removeAll { $0.partitions.isEmpty }
        var error = ErrorCode.none
        if !known.topics.isEmpty {
            error = state.coordinatorError(of: request.groupId, context)
            if !error.isError { error = state.commitInTransaction(known, context) }
        }
        var response = TxnOffsetCommitResponse()
        response.topics = request.topics.map { topic in
            var result = TopicResult()
            result.name = topic.name
            result.partitions = topic.partitions.map { partition in
                var row = TopicResult.TxnOffsetCommitResponsePartition()
                row.partitionIndex = partition.partitionIndex
                if let refusal {
                    row.errorCode = refusal
                } else if !state.allows(context, .read, .topic(topic.name)) {
                    row.errorCode = .topicAuthorizationFailed
                } else if !state.holds(topic.name, partition.partitionIndex, context) {
                    row.errorCode = .unknownTopicOrPartition
                } else {
                    row.errorCode = error.isError || state.groups.limits.fits(partition.committedMetadata) ? error : .offsetMetadataTooLarge
                }
                return row
            }
            return result
        }
        return .now(response)
    }
}
