import KafkaProtocol

/// Adds the partition of `__consumer_offsets` that keeps a group to a transaction.
enum AddOffsetsToTxnHandler: CallHandler {
    typealias Request = AddOffsetsToTxnRequest

    static func answer(
        _ request: AddOffsetsToTxnRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<AddOffsetsToTxnResponse> {
        var response = AddOffsetsToTxnResponse()
        guard state.allows(context, .write, .transactionalID(request.transactionalId)) else {
            response.errorCode = .transactionalIdAuthorizationFailed
            return .now(response)
        }
        guard state.allows(context, .read, .group(request.groupId)) else {
            response.errorCode = .groupAuthorizationFailed
            return .now(response)
        }
        state.ensureInternalTopic(Topic.offsetsName, context)
        let refusal = state.transactionCoordinatorError(of: request.transactionalId, context)
        if refusal.isError {
            response.errorCode = refusal
        } else if let partition = state.offsetsPartition(of: request.groupId) {
            let code = state.transactions.add(
                [partition], to: request.transactionalId,
                Transaction.Producer(id: request.producerId, epoch: request.producerEpoch), now: context.now, uptime: context.uptime)
            response.errorCode = code.asTold(version: context.version, fencedSince: 2)
        }
        return .now(response)
    }
}
