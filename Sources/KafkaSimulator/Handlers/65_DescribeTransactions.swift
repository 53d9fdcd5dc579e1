import KafkaProtocol

/// Transactions are not served, so every transactional id is unknown: error 105.
enum DescribeTransactionsHandler: CallHandler {
    typealias Request = DescribeTransactionsRequest

    static func answer(
        _ request: DescribeTransactionsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeTransactionsResponse> {
        var response = DescribeTransactionsResponse()
        response.transactionStates = request.transactionalIds.map { id in
            var row = DescribeTransactionsResponse.TransactionState()
            row.transactionalId = id
            row.errorCode = .transactionalIdNotFound
            return row
        }
        return .now(response)
    }
}
