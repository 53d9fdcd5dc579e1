import KafkaProtocol

/// There is no authorizer: error 54, which is not the same as an empty list.
enum DescribeAclsHandler: CallHandler {
    typealias Request = DescribeAclsRequest

    static func answer(
        _ request: DescribeAclsRequest, _ context: CallContext, _ state: inout ClusterState
    ) -> Answer<DescribeAclsResponse> {
        var response = DescribeAclsResponse()
        response.errorCode = .securityDisabled
        response.errorMessage = "No Authorizer is configured on the broker"
        return .now(response)
    }
}
