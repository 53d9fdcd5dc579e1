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
            guard state.coordinatesTransaction(id, context) else { return Row(id, .notCoordinator) }
            return state.transactions.transactions[id].map { Row($0) } ?? Row(id, .transactionalIdNotFound)
        }
        return .now(response)
    }
}
