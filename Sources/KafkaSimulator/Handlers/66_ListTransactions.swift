import Bytes
import KafkaProtocol

/// Transactions are not served, so there is none. Filters by states that Kafka does not know are named in the answer.
enum ListTransactionsHandler: CallHandler {
    typealias Request = ListTransactionsRequest

    private static let states: Set<ByteString> = [
        "Empty", "Ongoing", "PrepareCommit", "PrepareAbort", "CompleteCommit", "CompleteAbort", "Dead", "PrepareEpochFence",
    ]

    static func answer(
        _ request: ListTransactionsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<ListTransactionsResponse> {
        var response = ListTransactionsResponse()
        response.unknownStateFilters = request.stateFilters.filter { !states.contains($0) }
        return .now(response)
    }
}
