import Bytes
import KafkaProtocol

/// Hands out producer ids: a new one to an idempotent producer, the id's own, one epoch on, to a transactional one.
///
/// A time-out above `transaction.max.timeout.ms` is error 50; error 51 means that what the former producer left open is being
/// aborted; a producer that was overtaken is fenced by 90 (47 before version 4).
enum InitProducerIdHandler: CallHandler {
    typealias Request = InitProducerIdRequest

    static func answer(
        _ request: InitProducerIdRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<InitProducerIdResponse> {
        var response = InitProducerIdResponse()
        guard let id = request.transactionalId else {
            guard state.allows(context, .idempotentWrite, .cluster) || state.allowsAny(context, .write, .topic) else {
                response.errorCode = .clusterAuthorizationFailed
                response.producerEpoch = -1
                return .now(response)
            }
            response.producerId = state.transactions.drawProducerID()
            return .now(response)
        }
        switch initialize(id, request, context, &state) {
        case .success(let producer):
            response.producerId = producer.id
            response.producerEpoch = producer.epoch
        case .failure(let refusal):
            response.errorCode = refusal.code.asTold(version: context.version, fencedSince: 4)
            response.producerEpoch = -1
        }
        state.settleTransactions(now: context.now)
        return .now(response)
    }

    private static func initialize(
        _ id: ByteString, _ request: InitProducerIdRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Result<Transaction.Producer, ErrorCode.Refusal> {
        guard state.allows(context, .write, .transactionalID(id)) else { return .failure(.init(.transactionalIdAuthorizationFailed)) }
        let timeout = Duration.milliseconds(Int64(request.transactionTimeoutMs))
        // Both or neither: half a producer is none.
        guard (request.producerId < 0) == (request.producerEpoch < 0) else { return .failure(.init(.invalidRequest)) }
        // What is wrong whoever coordinates the id is said first.
        if let flaw = state.transactions.flaw(inID: id, timeout: timeout) { return .failure(.init(flaw)) }
        let refusal = state.transactionCoordinatorError(of: id, context)
        guard !refusal.isError else { return .failure(.init(refusal)) }
        let expected = request.producerId < 0 ? nil : Transaction.Producer(id: request.producerId, epoch: request.producerEpoch)
        return state.transactions.initialize(id, timeout: timeout, expected: expected)
    }
}

extension ErrorCode {
    /// PRODUCER_FENCED as clients know it that are older than the code: INVALID_PRODUCER_EPOCH.
    func asTold(version: Int16, fencedSince: Int16) -> ErrorCode {
        self == .producerFenced && version < fencedSince ? .invalidProducerEpoch : self
    }
}
