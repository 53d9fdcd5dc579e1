import KafkaProtocol

/// Describes transactional ids that the addressed broker coordinates; one that nobody used yet is error 105.
enum DescribeTransactionsHandler: CallHandler {
    typealias Request = DescribeTransactionsRequest
    typealias Row = DescribeTransactionsResponse.TransactionState

    static func answer(
        _ request: DescribeTransactionsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeTransactionsResponse> {
        var response = DescribeTransactionsResponse()
        response.transactionStates = request.transactionalIds.map { id in
            if id.isEmpty { return Row(id, .invalidRequest) }
            guard state.allows(context, .describe, .transactionalID(id)) else { return Row(id, .transactionalIdAuthorizationFailed) }
            let refusal = state.transactionCoordinatorError(of: id, context)
            guard !refusal.isError else { return Row(id, refusal) }
            guard var row = state.transactions.transactions[id].map({ Row($0) }) else { return Row(id, .transactionalIdNotFound) }
            row.topics.removeAll { !state.allows(context, .describe, .topic($0.topic)) }
            return row
        }
        return .now(response)
    }
}
