import KafkaProtocol

/// No quota can be set here, so there is none.
enum DescribeClientQuotasHandler: CallHandler {
    typealias Request = DescribeClientQuotasRequest

    static func answer(
        _ request: DescribeClientQuotasRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeClientQuotasResponse> {
        var response = DescribeClientQuotasResponse()
        response.errorMessage = ""
        response.entries = []
        return .now(response)
    }
}
