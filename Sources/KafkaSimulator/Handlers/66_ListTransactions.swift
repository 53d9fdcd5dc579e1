import KafkaProtocol

/// Lists the transactional ids that the addressed broker coordinates, by state, producer id, how long the transaction has gone
/// on (version 1) and a pattern (2). Filters by states that Kafka does not know are named in the answer.
enum ListTransactionsHandler: CallHandler {
    typealias Request = ListTransactionsRequest

    static func answer(
        _ request: ListTransactionsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ListTransactionsResponse> {
        guard !state.isLoadingTransactions(context) else {
            var response = ListTransactionsResponse()
            response.errorCode = .coordinatorLoadInProgress
            return .now(response)
        }
        return .now(
            state.transactions.list(request, now: context.now) {
                state.coordinatesTransaction($0, context) && state.allows(context, .describe, .transactionalID($0))
            })
    }
}
