import Bytes
import KafkaProtocol

/// Adds partitions to a transaction: one transaction up to version 3, as clients ask; several, or only verified, since, as brokers
/// ask each other.
///
/// Where one partition does not exist (3) or belongs to an internal topic (29), none of the transaction is added: the others
/// answer 55.
enum AddPartitionsToTxnHandler: CallHandler {
    typealias Request = AddPartitionsToTxnRequest
    typealias TopicResult = AddPartitionsToTxnResponse.AddPartitionsToTxnTopicResult

    static func answer(
        _ request: AddPartitionsToTxnRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<AddPartitionsToTxnResponse> {
        var response = AddPartitionsToTxnResponse()
        if context.version >= 4 {
            guard state.allows(context, .clusterAction, .cluster) else {
                response.errorCode = .clusterAuthorizationFailed
                return .now(response)
            }
            response.resultsByTransaction = request.transactions.map { transaction in
                var result = AddPartitionsToTxnResponse.AddPartitionsToTxnResult()
                result.transactionalId = transaction.transactionalId
                result.topicResults = add(transaction, context, &state)
                return result
            }
            return .now(response)
        }
        var transaction = AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction()
        transaction.transactionalId = request.v3AndBelowTransactionalId
        transaction.producerId = request.v3AndBelowProducerId
        transaction.producerEpoch = request.v3AndBelowProducerEpoch
        transaction.topics = request.v3AndBelowTopics
        response.resultsByTopicV3AndBelow = add(transaction, context, &state)
        return .now(response)
    }

    private static func add(
        _ request: AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction, _ context: CallContext, _ state: inout ClusterState
    ) -> [TopicResult] {
        let partitions = request.topics.flatMap { topic in topic.partitions.map { PartitionID(topic.name, $0) } }
        if context.version < 4, !state.allows(context, .write, .transactionalID(request.transactionalId)) {
            return results(of: request) { _ in .transactionalIdAuthorizationFailed }
        }
        let known = state
        func flaw(_ partition: PartitionID) -> ErrorCode {
            if context.version < 4, !known.allows(context, .write, .topic(partition.topic)) { return .topicAuthorizationFailed }
            guard let topic = known.topics[partition.topic], topic.partitions.indices.contains(Int(partition.partition)) else {
                return .unknownTopicOrPartition
            }
            return topic.isInternal && context.version < 4 ? .topicAuthorizationFailed : .none
        }
        if partitions.contains(where: { flaw($0).isError }) {
            return results(of: request) { flaw($0).isError ? flaw($0) : .operationNotAttempted }
        }
        let refusal = state.transactionCoordinatorError(of: request.transactionalId, context)
        guard !refusal.isError else { return results(of: request) { _ in refusal } }
        let producer = Transaction.Producer(id: request.producerId, epoch: request.producerEpoch)
        if request.verifyOnly {
            let coordinator = state.transactions
            return results(of: request) {
                let code = coordinator.verify($0, in: request.transactionalId, producer)
                return code == .transactionAbortable && context.version < 5 ? .invalidTxnState : code
            }
        }
        let code = state.transactions.add(
            partitions, to: request.transactionalId, producer, now: context.now, uptime: context.uptime)
        return results(of: request) { _ in code.asTold(version: context.version, fencedSince: 2) }
    }

    private static func results(
        of request: AddPartitionsToTxnRequest.AddPartitionsToTxnTransaction, _ code: (PartitionID) -> ErrorCode
    ) -> [TopicResult] {
        request.topics.map { topic in
            var result = TopicResult()
            result.name = topic.name
            result.resultsByPartition = topic.partitions.map { index in
                var row = AddPartitionsToTxnResponse.AddPartitionsToTxnPartitionResult()
                row.partitionIndex = index
                row.partitionErrorCode = code(PartitionID(topic.name, index))
                return row
            }
            return result
        }
    }
}
