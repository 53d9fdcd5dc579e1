import KafkaProtocol

/// Commits or aborts a transaction. The markers are written before the answer is given, but for partitions that nobody leads.
///
/// From version 5 on each end bumps the producer's epoch, and the answer names the producer that may go on (KIP-890).
enum EndTxnHandler: CallHandler {
    typealias Request = EndTxnRequest

    static func answer(_ request: EndTxnRequest, _ context: CallContext, _ state: inout ClusterState) -> Answer<EndTxnResponse> {
        var response = EndTxnResponse()
        guard state.allows(context, .write, .transactionalID(request.transactionalId)) else {
            response.errorCode = .transactionalIdAuthorizationFailed
            return .now(response)
        }
        let refusal = request.transactionalId.isEmpty ? .none : state.transactionCoordinatorError(of: request.transactionalId, context)
        guard !refusal.isError else {
            response.errorCode = refusal
            return .now(response)
        }
        let ended = state.transactions.end(
            request.transactionalId, Transaction.Producer(id: request.producerId, epoch: request.producerEpoch),
            commit: request.committed, bumps: context.version >= 5, now: context.now)
        switch ended {
        case .success(let producer):
            if context.version >= 5 {
                response.producerId = producer.id
                response.producerEpoch = producer.epoch
            }
        case .failure(let refusal): response.errorCode = refusal.code.asTold(version: context.version, fencedSince: 2)
        }
        state.settleTransactions(now: context.now)
        return .now(response)
    }
}
