import KafkaProtocol

/// Hands out producer ids to idempotent producers. Transactions are not served: a transactional id is error 53, which ends a
/// client's attempt at once and says so.
enum InitProducerIdHandler: CallHandler {
    typealias Request = InitProducerIdRequest

    static func answer(
        _ request: InitProducerIdRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<InitProducerIdResponse> {
        var response = InitProducerIdResponse()
        if request.transactionalId != nil {
            response.errorCode = .transactionalIdAuthorizationFailed
            response.producerEpoch = -1
        } else {
            response.producerId = state.nextProducerID
            state.nextProducerID += 1
        }
        return .now(response)
    }
}
